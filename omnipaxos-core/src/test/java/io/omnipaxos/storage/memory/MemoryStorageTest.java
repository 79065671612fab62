package io.omnipaxos.storage.memory;

import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageContract;

class MemoryStorageTest extends StorageContract {

    @Override
    protected Storage openNew() {
        return new MemoryStorage();
    }

    @Override
    protected Storage openAnother() {
        return new MemoryStorage();
    }

    @Override
    protected Storage reopen(Storage closed) {
        return ((MemoryStorage) closed).reopen();
    }
}
