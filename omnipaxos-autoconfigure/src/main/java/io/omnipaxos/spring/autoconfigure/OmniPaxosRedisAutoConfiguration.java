package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.redis.FencedRedisOperations;
import io.omnipaxos.spring.redis.LeaderPublication;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Auto-configuration for what needs Spring Data Redis. Connects to nothing that is not asked for. */
@AutoConfiguration(
        after = OmniPaxosAutoConfiguration.class,
        afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(RedisConnectionFactory.class)
@ConditionalOnSingleCandidate(RedisConnectionFactory.class)
@ConditionalOnBean({Leadership.class, OmniPaxosProperties.class})
public final class OmniPaxosRedisAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    FencedRedisOperations fencedRedisOperations(
            RedisConnectionFactory connections, Leadership leadership, OmniPaxosProperties properties) {
        return new FencedRedisOperations(connections, leadership, properties.clusterId());
    }

    /** Never lazy: nobody asks for it. */
    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean
    @ConditionalOnBean(RestartableNode.class)
    @Conditional(PropertyCondition.LeaderIsPublished.class)
    LeaderPublication omniPaxosLeaderPublication(
            RedisConnectionFactory connections, NodeSettings settings, RestartableNode node, AdvertisedUrls urls) {
        return new LeaderPublication(
                connections,
                settings.clusterId(),
                settings.pid(),
                () -> node.status().filter(NodeStatus::isLeader).map(NodeStatus::fencingToken),
                urls,
                settings.leaseDuration(),
                Clock.systemUTC());
    }
}
