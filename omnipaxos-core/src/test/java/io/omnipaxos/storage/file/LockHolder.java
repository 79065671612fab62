package io.omnipaxos.storage.file;

import java.io.IOException;
import java.nio.file.Path;

/** Another process that has the storage open, until it is ended. */
final class LockHolder {

    private LockHolder() {}

    public static void main(String[] arguments) throws IOException {
        try (FileStorage storage =
                FileStorage.open(new FileStorageSettings(Path.of(arguments[0]), "cluster", 1, 4096))) {
            System.out.println("locked");
            if (System.in.read() >= 0) {
                throw new IllegalStateException("nothing is to be read by the holder of " + storage);
            }
        }
    }
}
