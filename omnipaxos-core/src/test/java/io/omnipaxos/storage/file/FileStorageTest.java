package io.omnipaxos.storage.file;

import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileStorageTest extends StorageContract {

    @TempDir
    private Path directory;

    @Override
    protected Storage openNew() {
        return open("a/b");
    }

    @Override
    protected Storage openAnother() {
        return open("c");
    }

    @Override
    protected Storage reopen(Storage closed) {
        return openNew();
    }

    private Storage open(String name) {
        return FileStorage.open(new FileStorageSettings(directory.resolve(name), "cluster", 1, 16 << 10));
    }
}
