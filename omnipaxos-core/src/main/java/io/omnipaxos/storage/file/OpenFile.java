package io.omnipaxos.storage.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One open file of a {@link FileLayer}. Positions and sizes are in bytes. */
public interface OpenFile extends Closeable {

    /** How long a reader sees the file. */
    long size() throws IOException;

    /** Fills the buffer from the position on, short of that only at the end of the file. */
    void read(ByteBuffer target, long position) throws IOException;

    /** Writes all that remains in the buffer. Not durable, and not atomic beyond a sector, before {@link #force}. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Cuts the file off at the size. */
    void truncate(long size) throws IOException;

    /** Makes all that was written durable. After a failure it must not be tried again: it may then wrongly succeed. */
    void force() throws IOException;
}
