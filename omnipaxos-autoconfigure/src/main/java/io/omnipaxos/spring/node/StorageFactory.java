package io.omnipaxos.spring.node;

import io.omnipaxos.storage.Storage;

/** Opens the storage of the node. A bean of this type replaces the one of the properties. */
@FunctionalInterface
public interface StorageFactory {

    /**
     * Called at each start of the node, which closes what it gets.
     *
     * @throws io.omnipaxos.storage.StorageException if it cannot be opened
     */
    Storage open();
}
