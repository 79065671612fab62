package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.StartupFault;
import io.omnipaxos.spring.node.StorageFactory;
import io.omnipaxos.storage.file.FileStorage;
import io.omnipaxos.storage.file.FileStorageSettings;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ClassUtils;

/** The storage that the properties name. */
final class PropertiesStorage {

    private static final Logger LOGGER = LoggerFactory.getLogger(PropertiesStorage.class);

    private static final String CONNECTIONS = "org.springframework.data.redis.connection.RedisConnectionFactory";

    private PropertiesStorage() {}

    static StorageFactory factory(DerivedSettings settings, NodeSettings node) {
        return switch (settings.properties().storage().type()) {
            case FILE -> files(settings, node);
            case REDIS -> throw withoutRedis();
            case MEMORY -> memory(settings, node);
        };
    }

    private static StorageFactory files(DerivedSettings settings, NodeSettings node) {
        FileStorageSettings files = FileStorageSettings.of(settings.storageDirectory(), node.clusterId(), node.pid());
        return () -> FileStorage.open(files);
    }

    /** Where there are connections to Redis, another auto-configuration has made the storage. */
    private static OmniPaxosStartupException withoutRedis() {
        boolean hasSpringData = ClassUtils.isPresent(CONNECTIONS, ClassUtils.getDefaultClassLoader());
        return new OmniPaxosStartupException(List.of(
                hasSpringData
                        ? new StartupFault(
                                "omnipaxos.storage.type is redis, but there is no RedisConnectionFactory, or several of"
                                        + " which none is primary",
                                "Leave Spring Boot's DataRedisAutoConfiguration in place and set spring.data.redis.host,"
                                        + " mark one RedisConnectionFactory as @Primary, or remove"
                                        + " omnipaxos.storage.type.")
                        : new StartupFault(
                                "omnipaxos.storage.type is redis, but Spring Data Redis is not on the class path",
                                "Add org.springframework.boot:spring-boot-starter-data-redis, or remove"
                                        + " omnipaxos.storage.type.")));
    }

    private static StorageFactory memory(DerivedSettings settings, NodeSettings node) {
        if (node.configuration().nodes().size() > 1 || settings.properties().join() != null) {
            LOGGER.warn(
                    "omnipaxos.storage.type is memory, but there are peers: after a restart this node has forgotten "
                            + "what it promised, and what was acknowledged may be lost. For tests only.");
        }
        return MemoryStorage::new;
    }
}
