package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.autoconfigure.OmniPaxosProperties.Storage;
import io.omnipaxos.spring.node.StorageFactory;
import io.omnipaxos.storage.file.FileStorage;
import io.omnipaxos.storage.file.FileStorageSettings;
import io.omnipaxos.storage.memory.MemoryStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The storage that the properties name. */
final class PropertiesStorage {

    private static final Logger LOGGER = LoggerFactory.getLogger(PropertiesStorage.class);

    private PropertiesStorage() {}

    static StorageFactory factory(DerivedSettings settings, NodeSettings node) {
        if (settings.properties().storage().type() == Storage.Type.FILE) {
            FileStorageSettings files =
                    FileStorageSettings.of(settings.storageDirectory(), node.clusterId(), node.pid());
            return () -> FileStorage.open(files);
        }
        if (node.configuration().nodes().size() > 1 || settings.properties().join() != null) {
            LOGGER.warn(
                    "omnipaxos.storage.type is memory, but there are peers: after a restart this node has forgotten "
                            + "what it promised, and what was acknowledged may be lost. For tests only.");
        }
        return MemoryStorage::new;
    }
}
