package io.omnipaxos.storage.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that the storage asks of a machine: the seam under which a simulation or a test puts a file system of its own, one
 * that loses, tears and fails. See {@link FileStorage#open(FileStorageSettings, FileLayer)}.
 *
 * <p>Nothing is durable before it is forced: the content of a file by {@link OpenFile#force}, its name by
 * {@link #forceDirectory}. Used by the threads that use the storage, at the same time for different files.
 */
public interface FileLayer {

    /** Makes the directory and its parents, durably. */
    void createDirectories(Path directory) throws IOException;

    /** The names of all files in the directory, in no order. */
    List<String> list(Path directory) throws IOException;

    /** Opens an existing file to read and write. */
    OpenFile open(Path file) throws IOException;

    /** Makes a new, empty file. */
    OpenFile create(Path file) throws IOException;

    /** Gives a closed file another name in the same directory, atomically. */
    void rename(Path from, Path to) throws IOException;

    /** Does nothing if there is no such file. */
    void delete(Path file) throws IOException;

    /** Makes all names in the directory durable, and that deleted ones are gone. */
    void forceDirectory(Path directory) throws IOException;

    /** How many bytes can still be written below the directory; {@link Long#MAX_VALUE} where that is not known. */
    long usableSpace(Path directory) throws IOException;

    /** Names a new storage, different from all others. */
    default UUID newIdentity() {
        return UUID.randomUUID();
    }

    /** Locks a file, made if missing, against everybody else; null if somebody has it. Closing unlocks. */
    @Nullable
    Closeable lock(Path file) throws IOException;
}
