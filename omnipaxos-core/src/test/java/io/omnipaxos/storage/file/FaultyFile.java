package io.omnipaxos.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;

/** A file of a {@link FaultyFileLayer}: what a reader sees, and what the disk has of it. */
final class FaultyFile implements OpenFile {

    private static final int SECTOR = 512;

    private final FaultyFileLayer layer;
    private byte[] seen;
    private byte[] durable;
    private final BitSet unforcedSectors = new BitSet();
    private boolean sizeUnforced;

    FaultyFile(FaultyFileLayer layer, byte[] bytes) {
        this.layer = layer;
        this.seen = bytes.clone();
        this.durable = bytes.clone();
    }

    byte[] bytes() {
        return seen.clone();
    }

    void replace(byte[] bytes) {
        seen = bytes.clone();
        durable = bytes.clone();
    }

    void flip(long bit) {
        seen[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
        durable = seen.clone();
    }

    @Override
    public long size() {
        return seen.length;
    }

    @Override
    public void read(ByteBuffer target, long position) throws IOException {
        layer.operate("reading");
        int count = (int) Math.max(0, Math.min(target.remaining(), seen.length - position));
        if (count > 0) {
            target.put(seen, (int) position, count);
        }
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        layer.refuseIfReadOnly("writing");
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        long growth = Math.max(0, position + bytes.length - seen.length);
        long space = layer.spaceFor(growth);
        try {
            layer.operate("writing");
        } catch (IOException e) {
            // A part was written, or all of it, before it failed.
            put(Arrays.copyOf(bytes, layer.random().nextInt(bytes.length + 1)), position);
            throw e;
        }
        if (space < growth) {
            put(Arrays.copyOf(bytes, (int) Math.max(0, bytes.length - growth + space)), position);
            throw new IOException("No space left on device");
        }
        put(bytes, position);
    }

    private void put(byte[] bytes, long position) {
        int end = (int) position + bytes.length;
        if (bytes.length == 0) {
            return;
        }
        if (end > seen.length) {
            seen = Arrays.copyOf(seen, end);
            sizeUnforced = true;
        }
        System.arraycopy(bytes, 0, seen, (int) position, bytes.length);
        unforcedSectors.set((int) position / SECTOR, (end - 1) / SECTOR + 1);
    }

    @Override
    public void truncate(long size) throws IOException {
        layer.refuseIfReadOnly("truncating");
        layer.operate("truncating");
        if (size < seen.length) {
            unforcedSectors.set((int) size / SECTOR, (seen.length - 1) / SECTOR + 1);
            seen = Arrays.copyOf(seen, (int) size);
            sizeUnforced = true;
        }
    }

    @Override
    public void force() throws IOException {
        layer.refuseIfReadOnly("forcing");
        try {
            layer.operate("forcing");
        } catch (IOException e) {
            // Like a real page cache: what could not be written counts as written from now on, and readers still see
            // it.
            if (!layer.isPowerless()) {
                unforcedSectors.clear();
                sizeUnforced = false;
            }
            throw e;
        }
        layer.countForce();
        durable = survivors(seen.length, Integer.MAX_VALUE, layer.random());
        unforcedSectors.clear();
        sizeUnforced = false;
    }

    @Override
    public void close() {
        // Closing forces nothing.
    }

    void cutPower(Random random) {
        int size = sizeUnforced ? sizeAfterCut(random) : durable.length;
        durable = survivors(size, random.nextInt(5), random);
        seen = durable.clone();
        unforcedSectors.clear();
        sizeUnforced = false;
    }

    private int sizeAfterCut(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> durable.length;
            case 1 -> seen.length;
            default ->
                Math.min(durable.length, seen.length) + random.nextInt(Math.abs(durable.length - seen.length) + 1);
        };
    }

    /** The durable content with a share of the unforced sectors: none of four quarters, up to all. */
    private byte[] survivors(int size, int quarters, Random random) {
        byte[] left = Arrays.copyOf(durable, size);
        int sector = unforcedSectors.nextSetBit(0);
        while (sector >= 0) {
            int from = sector * SECTOR;
            int to = Math.min(from + SECTOR, size);
            if (from < size && (quarters >= 4 || random.nextInt(4) < quarters)) {
                Arrays.fill(left, from, to, (byte) 0);
                System.arraycopy(
                        seen, Math.min(from, seen.length), left, from, Math.max(0, Math.min(to, seen.length) - from));
            }
            sector = unforcedSectors.nextSetBit(sector + 1);
        }
        return left;
    }
}
