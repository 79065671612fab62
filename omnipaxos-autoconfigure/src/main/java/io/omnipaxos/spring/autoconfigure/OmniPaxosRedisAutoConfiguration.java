package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.redis.FencedRedisOperations;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Auto-configuration for writes to Redis that carry the fencing token. Connects to nothing by itself. */
@AutoConfiguration(
        after = OmniPaxosAutoConfiguration.class,
        afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(RedisConnectionFactory.class)
@ConditionalOnSingleCandidate(RedisConnectionFactory.class)
public final class OmniPaxosRedisAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    FencedRedisOperations fencedRedisOperations(
            RedisConnectionFactory connections, Leadership leadership, OmniPaxosProperties properties) {
        return new FencedRedisOperations(connections, leadership, properties.clusterId());
    }
}
