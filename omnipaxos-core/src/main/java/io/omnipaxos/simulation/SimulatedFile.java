package io.omnipaxos.simulation;

import io.omnipaxos.storage.file.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;

/** A file of a {@link SimulatedFileSystem}: what a reader sees, and what the disk has of it. */
public final class SimulatedFile implements OpenFile {

    private static final int SECTOR = 512;

    private final SimulatedFileSystem system;
    private byte[] seen;
    private byte[] durable;
    private final BitSet unforcedSectors = new BitSet();
    private boolean sizeUnforced;

    SimulatedFile(SimulatedFileSystem system, byte[] bytes) {
        this.system = system;
        this.seen = bytes.clone();
        this.durable = bytes.clone();
    }

    /** A copy of what a reader sees. */
    public byte[] bytes() {
        return seen.clone();
    }

    /** From now on these are the durable bytes. */
    public void replace(byte[] bytes) {
        seen = bytes.clone();
        durable = bytes.clone();
        unforcedSectors.clear();
        sizeUnforced = false;
    }

    /** Changes a bit, counted from 0, on the disk and for readers. */
    public void flip(long bit) {
        flip(seen, bit);
        if (bit / 8 < durable.length) {
            flip(durable, bit);
        }
    }

    private static void flip(byte[] bytes, long bit) {
        bytes[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
    }

    /** Whether a byte is on the disk as it is seen. */
    boolean isDurable(int position) {
        return position < Math.min(seen.length, durable.length)
                && !unforcedSectors.get(position / SECTOR)
                && seen[position] == durable[position];
    }

    byte at(int position) {
        return seen[position];
    }

    @Override
    public long size() {
        return seen.length;
    }

    @Override
    public void read(ByteBuffer target, long position) throws IOException {
        system.operate("reading");
        int count = (int) Math.max(0, Math.min(target.remaining(), seen.length - position));
        if (count > 0) {
            target.put(seen, (int) position, count);
        }
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        system.refuseIfReadOnly("writing");
        int length = source.remaining();
        long growth = Math.max(0, position + length - seen.length);
        long space = system.spaceFor(growth);
        try {
            system.operate("writing");
        } catch (IOException e) {
            // A part was written, or all of it, before it failed.
            put(source, system.random().nextInt(length + 1), position);
            throw e;
        }
        if (space < growth) {
            put(source, (int) Math.max(0, length - growth + space), position);
            throw new IOException("No space left on device");
        }
        put(source, length, position);
    }

    private void put(ByteBuffer source, int length, long position) {
        int end = (int) position + length;
        if (length == 0) {
            return;
        }
        if (end > seen.length) {
            seen = Arrays.copyOf(seen, end);
            sizeUnforced = true;
        }
        source.get(seen, (int) position, length);
        unforcedSectors.set((int) position / SECTOR, (end - 1) / SECTOR + 1);
    }

    @Override
    public void truncate(long size) throws IOException {
        system.refuseIfReadOnly("truncating");
        system.operate("truncating");
        if (size < seen.length) {
            unforcedSectors.set((int) size / SECTOR, (seen.length - 1) / SECTOR + 1);
            seen = Arrays.copyOf(seen, (int) size);
            sizeUnforced = true;
        }
    }

    @Override
    public void force() throws IOException {
        system.refuseIfReadOnly("forcing");
        try {
            system.operate("forcing");
        } catch (IOException e) {
            if (!system.isPowerless()) {
                forceInVain();
            }
            throw e;
        }
        system.countForce();
        makeDurable(seen.length, 4, system.random());
        settle();
    }

    /**
     * A force that fails, like one of a real page cache: a part reached the disk; the rest counts as written from now on,
     * and readers still see it.
     */
    void forceInVain() {
        makeDurable(durable.length, system.random().nextInt(4), system.random());
        settle();
    }

    @Override
    public void close() {
        // Closing forces nothing.
    }

    void cutPower(SplittableRandom random) {
        makeDurable(sizeUnforced ? sizeAfterCut(random) : durable.length, random.nextInt(5), random);
        seen = durable.clone();
        settle();
    }

    private void settle() {
        unforcedSectors.clear();
        sizeUnforced = false;
    }

    private int sizeAfterCut(SplittableRandom random) {
        return switch (random.nextInt(3)) {
            case 0 -> durable.length;
            case 1 -> seen.length;
            default ->
                Math.min(durable.length, seen.length) + random.nextInt(Math.abs(durable.length - seen.length) + 1);
        };
    }

    /** Brings a share of the unforced sectors to the disk: none of four quarters, up to all. */
    private void makeDurable(int size, int quarters, SplittableRandom random) {
        if (durable.length != size) {
            durable = Arrays.copyOf(durable, size);
        }
        int sector = unforcedSectors.nextSetBit(0);
        while (sector >= 0) {
            int from = sector * SECTOR;
            int to = Math.min(from + SECTOR, size);
            if (from < size && (quarters >= 4 || random.nextInt(4) < quarters)) {
                int there = Math.max(from, Math.min(to, seen.length));
                System.arraycopy(seen, Math.min(from, seen.length), durable, from, there - from);
                Arrays.fill(durable, there, to, (byte) 0);
            }
            sector = unforcedSectors.nextSetBit(sector + 1);
        }
    }
}
