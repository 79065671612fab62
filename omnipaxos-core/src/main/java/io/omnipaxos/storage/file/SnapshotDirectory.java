package io.omnipaxos.storage.file;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots beside the segments. A file under its final name is whole, durable and never changed; it is written
 * under another name before. May be used by several threads.
 */
final class SnapshotDirectory {

    private static final Logger log = LoggerFactory.getLogger(SnapshotDirectory.class);
    private static final Pattern SNAPSHOT = Pattern.compile("(\\d{20})\\.snapshot");
    private static final Pattern UNFINISHED = Pattern.compile("\\d+\\.snapshot\\.new");
    private static final int SPACE_STEP = 8 << 20;

    private final FileStorageSettings settings;
    private final Path directory;
    private final FileLayer layer;
    private final FileOwner owner;
    private final ConcurrentSkipListMap<Long, SnapshotInfo> stored = new ConcurrentSkipListMap<>();
    private final AtomicLong begun = new AtomicLong();

    // Changed under this object's lock, together with the names in the directory.
    private long compactedIndex;
    private volatile boolean closed;

    SnapshotDirectory(FileStorageSettings settings, FileLayer layer, FileOwner owner) {
        this.settings = settings;
        this.directory = settings.directory();
        this.layer = layer;
        this.owner = owner;
    }

    static boolean isSnapshot(String name) {
        return SNAPSHOT.matcher(name).matches();
    }

    Path pathOf(long index) {
        return directory.resolve(String.format(Locale.ROOT, "%020d.snapshot", index));
    }

    /**
     * Finds what there is, checks all of it, and deletes what is not needed. Not yet durable.
     *
     * @param compacted the index of the snapshot that stands for the beginning of the log, 0 if there is none
     * @throws StorageException if that one is missing or damaged, or one belongs to another storage; nothing is deleted
     */
    synchronized void recover(long compacted) throws IOException {
        compactedIndex = compacted;
        List<Path> notNeeded = new ArrayList<>();
        for (String name : layer.list(directory)) {
            Matcher snapshot = SNAPSHOT.matcher(name);
            boolean dropped = snapshot.matches() && !find(Long.parseLong(snapshot.group(1)));
            if (dropped || UNFINISHED.matcher(name).matches()) {
                notNeeded.add(directory.resolve(name));
            }
        }
        if (compacted > 0 && !stored.containsKey(compacted)) {
            throw Damage.missing(pathOf(compacted), "the log begins behind that snapshot");
        }
        for (Path path : notNeeded) {
            layer.delete(path);
        }
    }

    /** Whether the snapshot of an index is one to keep. */
    private boolean find(long index) throws IOException {
        if (index < compactedIndex) {
            return false;
        }
        try {
            stored.put(index, check(index));
            return true;
        } catch (Damage damage) {
            if (index == compactedIndex) {
                throw damage;
            }
            log.warn("{}; the snapshot is dropped, as the log does not begin behind it", damage.fault());
            return false;
        }
    }

    private SnapshotInfo check(long index) throws IOException {
        Path path = pathOf(index);
        try (OpenFile file = layer.open(path)) {
            SnapshotReader reader = new SnapshotReader(file, path);
            reader.header().owner().checkConfigured(settings, path);
            FileOwner.checkIdentity(reader.header().owner().identity(), owner.identity(), path);
            SnapshotInfo info = reader.header().info();
            if (info.index() != index) {
                throw Damage.at(path, 0, "by its header it is the snapshot of index " + info.index());
            }
            reader.checkWhole();
            return info;
        }
    }

    /** In ascending order of their indexes. */
    List<SnapshotInfo> all() {
        return List.copyOf(stored.values());
    }

    /** Reads as {@link io.omnipaxos.log.LogReader#readSnapshot} says. */
    byte[] read(long index, long offset, int maxBytes) {
        SnapshotInfo info = stored.get(index);
        if (info == null) {
            throw absent(index);
        }
        StorageRules.checkOffset(info, offset);
        Path path = pathOf(index);
        try (OpenFile file = layer.open(path)) {
            return new SnapshotReader(file, path).read(offset, maxBytes);
        } catch (IOException e) {
            if (!stored.containsKey(index)) {
                throw absent(index);
            }
            throw new StorageException("the snapshot " + path + " cannot be read: " + e + "; check the disk", e);
        }
    }

    private static IndexOutOfBoundsException absent(long index) {
        return new IndexOutOfBoundsException("there is no snapshot of index " + index);
    }

    /** Begins a file for the snapshot of an index. */
    synchronized SnapshotFileWriter begin(long index, ClusterConfiguration configuration) throws IOException {
        refuseClosed();
        Path path = directory.resolve(begun.incrementAndGet() + ".snapshot.new");
        return new SnapshotFileWriter(this, path, layer.create(path), owner, index, configuration);
    }

    /**
     * Tells how many bytes may be written before asking again.
     *
     * @throws IOException if there is no space for the needed bytes without taking what the log may need soon
     */
    long reserveSpace(long needed) throws IOException {
        long free = layer.usableSpace(directory) - settings.segmentBytes();
        if (free < needed) {
            throw new IOException(
                    "the disk is nearly full, and its last " + settings.segmentBytes() + " bytes are left to the log");
        }
        return Math.max(needed, Math.min(free, SPACE_STEP));
    }

    /**
     * Gives a forced file its final name, durably. If there is a snapshot of that index already, that one stays: it may
     * be being read, and stands for the same.
     *
     * @return the snapshot that there is now
     */
    synchronized SnapshotInfo publish(Path path, SnapshotInfo info) throws IOException {
        refuseClosed();
        if (info.index() < compactedIndex) {
            throw new StorageException("the snapshot of index " + info.index()
                    + " is not stored: the log begins behind a newer one already, of index " + compactedIndex);
        }
        SnapshotInfo present = stored.get(info.index());
        if (present != null) {
            layer.delete(path);
            return present;
        }
        layer.rename(path, pathOf(info.index()));
        boolean durable = false;
        try {
            layer.forceDirectory(directory);
            durable = true;
        } finally {
            if (!durable) {
                deleteQuietly(pathOf(info.index()));
            }
        }
        stored.put(info.index(), info);
        return info;
    }

    /** Closes and deletes an unfinished file. */
    synchronized void discard(Path path, OpenFile file) {
        try {
            file.close();
        } catch (IOException e) {
            log.warn("the file {} could not be closed", path, e);
        }
        // Once this is closed, the name may be one of a storage that was opened later.
        if (!closed) {
            deleteQuietly(path);
        }
    }

    /** Nobody relies on the file, and the next opening deletes it if this could not. */
    private void deleteQuietly(Path path) {
        try {
            layer.delete(path);
        } catch (IOException e) {
            log.warn("the file {} is not needed, but could not be deleted", path, e);
        }
    }

    /** Deletes the snapshots below an index, and refuses such from now on. Not yet durable. */
    synchronized void deleteBelow(long index) throws IOException {
        compactedIndex = index;
        for (long older : List.copyOf(stored.headMap(index).keySet())) {
            // A reader that finds no file must find no entry either.
            stored.remove(older);
            layer.delete(pathOf(older));
        }
    }

    void refuseClosed() throws IOException {
        if (closed) {
            throw new IOException("the storage in " + directory + " was closed");
        }
    }

    /** From now on no name in the directory is changed any more. */
    synchronized void close() {
        closed = true;
    }
}
