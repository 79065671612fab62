package io.omnipaxos.storage.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that the storage asks of a file system, so that a test can put one below it that loses, tears and fails.
 *
 * <p>Nothing is durable before it is forced: the content of a file by {@link OpenFile#force}, its name by
 * {@link #forceDirectory}.
 */
interface FileLayer {

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

    void forceDirectory(Path directory) throws IOException;

    /** How many bytes can still be written below the directory; {@link Long#MAX_VALUE} where that is not known. */
    long usableSpace(Path directory) throws IOException;

    /** Locks a file, made if missing, against everybody else; null if somebody has it. Closing unlocks. */
    @Nullable
    Closeable lock(Path file) throws IOException;
}
