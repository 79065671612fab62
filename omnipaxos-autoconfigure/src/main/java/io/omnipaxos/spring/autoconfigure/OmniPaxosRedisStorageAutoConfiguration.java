package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.autoconfigure.OmniPaxosProperties.RedisStorage;
import io.omnipaxos.spring.node.StorageFactory;
import io.omnipaxos.spring.redis.RedisStorageSettings;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Auto-configuration for the storage in Redis, ahead of the one for all other storages. */
@AutoConfiguration(
        before = OmniPaxosAutoConfiguration.class,
        afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@Conditional({PropertyCondition.Enabled.class, PropertyCondition.StorageInRedis.class})
@ConditionalOnClass(RedisConnectionFactory.class)
@ConditionalOnSingleCandidate(RedisConnectionFactory.class)
public final class OmniPaxosRedisStorageAutoConfiguration {

    /** Lazy: where the auto-configuration of the node is excluded, nobody asks for it and what it needs is missing. */
    @Bean
    @Lazy
    @ConditionalOnMissingBean
    StorageFactory omniPaxosStorageFactory(
            RedisConnectionFactory connections, NodeSettings node, OmniPaxosProperties properties) {
        RedisStorage redis = properties.storage().redis();
        RedisStorageSettings settings = new RedisStorageSettings(
                redis.keyPrefix(),
                node.clusterId(),
                node.pid(),
                node.leaseDuration(),
                redis.commandTimeout(),
                redis.ownerTimeout(),
                redis.acceptDataLoss());
        return () -> io.omnipaxos.spring.redis.RedisStorage.open(connections, settings);
    }
}
