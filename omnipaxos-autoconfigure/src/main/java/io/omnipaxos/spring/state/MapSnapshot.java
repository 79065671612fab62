package io.omnipaxos.spring.state;

import io.omnipaxos.statemachine.StateMachine;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.SortedMap;

/**
 * All maps after one command. Written as: magic number, version, index, number of maps; of each map its name and number
 * of entries; of each entry its key and value. Numbers are big-endian, names, keys and values follow their length in
 * bytes, text is UTF-8, everything is sorted. The same maps are the same bytes on every node.
 *
 * @param index of the last command
 */
record MapSnapshot(long index, MapContents contents) implements StateMachine.Snapshot {

    private static final int MAGIC = 0x4f504d53;
    private static final int VERSION = 1;

    @Override
    public void writeTo(OutputStream target) throws IOException {
        DataOutputStream output = new DataOutputStream(new BufferedOutputStream(target));
        output.writeInt(MAGIC);
        output.writeInt(VERSION);
        output.writeLong(index);
        output.writeInt(contents.names().size());
        for (String name : contents.names()) {
            write(output, name, contents.of(name));
        }
        output.flush();
    }

    private static void write(DataOutputStream output, String name, SortedMap<String, byte[]> entries)
            throws IOException {
        write(output, Utf8.encode(name));
        output.writeInt(entries.size());
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            write(output, Utf8.encode(entry.getKey()));
            write(output, entry.getValue());
        }
    }

    private static void write(DataOutputStream output, byte[] bytes) throws IOException {
        output.writeInt(bytes.length);
        output.write(bytes);
    }

    /**
     * Reads what was written, to the end; from no bytes at all come empty maps.
     *
     * @throws IOException if it cannot be read, or is something else
     */
    static MapSnapshot readFrom(InputStream source) throws IOException {
        InputStream buffered = new BufferedInputStream(source);
        buffered.mark(1);
        if (buffered.read() < 0) {
            return new MapSnapshot(0, new MapContents());
        }
        buffered.reset();
        try {
            return read(new DataInputStream(buffered));
        } catch (EOFException cut) {
            throw new IOException("the snapshot of the maps is cut off", cut);
        } catch (IllegalArgumentException invalid) {
            throw new IOException("the snapshot of the maps is damaged: " + invalid.getMessage(), invalid);
        }
    }

    private static MapSnapshot read(DataInputStream input) throws IOException {
        if (input.readInt() != MAGIC) {
            throw new IOException("this is no snapshot of maps; was another StateMachine in their place?");
        }
        int version = input.readInt();
        if (version != VERSION) {
            throw new IOException(
                    "the snapshot of the maps has version " + version + ", but this release reads version " + VERSION
                            + "; start the release that wrote it, or a later one");
        }
        long index = input.readLong();
        MapContents contents = new MapContents();
        for (int maps = readCount(input); maps > 0; maps--) {
            String name = Utf8.decode(readBytes(input));
            for (int entries = readCount(input); entries > 0; entries--) {
                contents.put(name, Utf8.decode(readBytes(input)), readBytes(input));
            }
        }
        if (input.read() >= 0) {
            throw new IOException("the snapshot of the maps is damaged: it goes on after its end");
        }
        return new MapSnapshot(index, contents);
    }

    private static int readCount(DataInputStream input) throws IOException {
        int count = input.readInt();
        if (count < 0) {
            throw new IOException("the snapshot of the maps is damaged: it counts " + count);
        }
        return count;
    }

    private static byte[] readBytes(DataInputStream input) throws IOException {
        int length = readCount(input);
        // Grows as bytes come: a damaged length does not take the memory.
        byte[] bytes = input.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }
}
