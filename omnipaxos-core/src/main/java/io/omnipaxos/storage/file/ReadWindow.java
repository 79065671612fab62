package io.omnipaxos.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A stretch of a file in memory, moved along it: few large reads instead of many small ones. */
final class ReadWindow {

    private final OpenFile file;
    private final long fileSize;
    private final int stretch;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long start;

    /** Sees the file as long as it is now. The window has the given bytes, and more only where one load asks for it. */
    ReadWindow(OpenFile file, int stretch) throws IOException {
        this.file = file;
        this.fileSize = file.size();
        this.stretch = stretch;
    }

    long fileSize() {
        return fileSize;
    }

    /** Makes bytes of the file accessible and tells how many of the wanted there are: less at the end of the file. */
    int load(long position, int wanted) throws IOException {
        if (position < start || position + wanted > start + buffer.limit()) {
            fill(position, wanted);
        }
        return (int) Math.max(0, Math.min(wanted, start + buffer.limit() - position));
    }

    byte[] bytes() {
        return buffer.array();
    }

    /** Where in {@link #bytes} a loaded position of the file is. */
    int at(long position) {
        return (int) (position - start);
    }

    private void fill(long position, int wanted) throws IOException {
        int length = (int) Math.max(0, Math.min(Math.max(wanted, stretch), fileSize - position));
        if (buffer.capacity() < length) {
            buffer = ByteBuffer.allocate(length);
        }
        buffer.clear().limit(length);
        file.read(buffer, position);
        buffer.flip();
        start = position;
    }
}
