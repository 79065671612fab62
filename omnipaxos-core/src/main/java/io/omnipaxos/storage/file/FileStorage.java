package io.omnipaxos.storage.file;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.RecentEntries;
import io.omnipaxos.storage.SnapshotReception;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageRules;
import io.omnipaxos.storage.file.Recovery.Recovered;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the log in files of one directory: segments of checksummed records, one record, one write and one sync for each
 * batch, so that a batch is atomic by itself. Snapshots are files beside them; segments and snapshots that are no longer
 * needed are deleted once the batch that says so is durable.
 *
 * <p>Opening reads everything once and keeps one point for each 64 KiB of the log in memory, not the entries, and
 * nothing of the snapshots' content. It cuts off a write that a loss of power left unfinished, and refuses to open what
 * was damaged later; {@link TornTail} has the rule. A damaged snapshot that is newer than the compacted index is dropped
 * with a warning, as the log does not begin behind it. A lock keeps other processes away as long as the storage is open.
 *
 * <p>A batch that is refused by an {@link IllegalArgumentException} leaves everything as it was. Any other failure of a
 * write is final, and to be answered by opening anew. Interrupting the thread during a write or read closes the file,
 * as the platform's channels do, and is such a failure.
 *
 * <p>A snapshot never takes the last space on the disk for a segment, so that the log does not fail for its sake.
 *
 * <p>Used by one thread at a time, but for {@link #snapshots}, {@link #readSnapshot}, {@link #beginSnapshot} and what that
 * returns, which any thread may use meanwhile.
 */
public final class FileStorage implements Storage {

    private static final Logger log = LoggerFactory.getLogger(FileStorage.class);
    private static final long RECENT_BYTES = 4 << 20;
    private static final String LOCK = "lock";

    private final Path directory;
    private final Closeable lock;
    private final SegmentWriter writer;
    private final EntryReader reader;
    private final RecentEntries recent;
    private final SegmentDirectory segments;
    private final SnapshotDirectory snapshots;
    private final SnapshotReception reception;
    private final UUID identity;
    // Written by the one thread, read by those that take snapshots.
    private volatile DurableState state;
    private volatile @Nullable Failure failure;
    private volatile boolean closed;

    /** Why no more is written, in words, and what it came from. */
    private record Failure(String message, Throwable cause) {}

    private FileStorage(
            Path directory,
            Closeable lock,
            SegmentDirectory segments,
            SnapshotDirectory snapshots,
            SegmentWriter writer,
            Recovered recovered) {
        this.directory = directory;
        this.lock = lock;
        this.segments = segments;
        this.snapshots = snapshots;
        this.writer = writer;
        this.identity = recovered.owner().identity();
        this.reader = new EntryReader(segments, writer, recovered.index(), new Checksum(identity));
        this.recent = new RecentEntries(RECENT_BYTES, recovered.state().acceptedIndex());
        this.reception = new SnapshotReception(snapshots::begin);
        this.state = recovered.state();
    }

    /**
     * Opens the storage in its directory, or makes an empty one in a directory that has none.
     *
     * @throws StorageException if the directory cannot be used, is in use, belongs to somebody else, or is damaged
     */
    public static FileStorage open(FileStorageSettings settings) {
        return open(settings, new NioFileLayer());
    }

    /**
     * As {@link #open(FileStorageSettings)}, on another file system than the one of this machine: a simulated one.
     *
     * @throws StorageException as above
     */
    public static FileStorage open(FileStorageSettings settings, FileLayer layer) {
        Path directory = settings.directory();
        Closeable lock = lock(directory, layer);
        boolean opened = false;
        try {
            SegmentDirectory segments = new SegmentDirectory(directory, layer);
            Recovered recovered = new Recovery(settings, segments).run();
            SnapshotDirectory snapshots = new SnapshotDirectory(settings, layer, recovered.owner());
            snapshots.recover(recovered.state().compactedIndex());
            segments.deleteNotNeeded(recovered.headers(), recovered.state().compactedIndex());
            // A name that is seen need not be durable yet, nor a name that is not seen be gone for good.
            segments.forceNames();
            SegmentWriter writer = new SegmentWriter(segments, settings.segmentBytes(), recovered);
            opened = true;
            return new FileStorage(directory, lock, segments, snapshots, writer, recovered);
        } catch (StorageException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new StorageException(
                    "the storage in " + directory + " cannot be opened: " + e + "; check the disk and its permissions",
                    e);
        } finally {
            if (!opened) {
                release(lock);
            }
        }
    }

    private static Closeable lock(Path directory, FileLayer layer) {
        Closeable lock;
        try {
            layer.createDirectories(directory);
            lock = layer.lock(directory.resolve(LOCK));
        } catch (IOException e) {
            throw new StorageException(
                    "the storage directory " + directory + " cannot be used: " + e
                            + "; it must be a directory in which this process may make and write files",
                    e);
        }
        if (lock == null) {
            throw new StorageException("the storage directory " + directory + " is in use by another process, or by"
                    + " another storage of this one; stop that one, or give this node a directory of its own");
        }
        return lock;
    }

    @Override
    public DurableState state() {
        refuseClosed();
        return state;
    }

    @Override
    public void write(WriteBatch batch) {
        refuseClosed();
        refuseFailed();
        DurableState next = StorageRules.after(state, batch);
        StorageRules.checkCompaction(batch, snapshots.all());
        if (batch.isEmpty()) {
            return;
        }
        // Too large a batch is refused here, before anything is begun.
        RecordEncoder.lengthOf(batch);
        try {
            append(batch);
            state = next;
            if (batch.compactedIndex() != null) {
                deleteCompacted(batch.compactedIndex());
            }
        } catch (IOException | RuntimeException | Error e) {
            throw fail(segments.pathOf(writer.segment()), e);
        }
    }

    private void append(WriteBatch batch) throws IOException {
        writer.append(batch, state);
        if (batch.compactedIndex() != null) {
            recent.dropUpTo(batch.compactedIndex());
        }
        if (batch.entries() != null) {
            recent.replaceEnd(batch.entries());
        }
    }

    private void deleteCompacted(long compactedIndex) throws IOException {
        reader.close();
        snapshots.deleteBelow(compactedIndex);
        writer.deleteCompacted(compactedIndex);
        segments.forceNames();
    }

    @Override
    public List<LogEntry> read(long from, long to, long maxBytes) {
        refuseClosed();
        StorageRules.checkRange(from, to, state.compactedIndex() + 1, state.acceptedIndex());
        if (!recent.holds(from)) {
            try {
                return reader.read(from, to, maxBytes);
            } catch (IOException e) {
                throw new StorageException(
                        "entries from " + from + " cannot be read from " + directory + ": " + e + "; check the disk",
                        e);
            }
        }
        List<LogEntry> found = new ArrayList<>();
        long bytes = 0;
        for (long next = from; next <= to; next++) {
            LogEntry entry = recent.get(next);
            bytes += entry.size();
            if (bytes > maxBytes && !found.isEmpty()) {
                break;
            }
            found.add(entry);
        }
        return found;
    }

    @Override
    public UUID identity() {
        return identity;
    }

    @Override
    public List<SnapshotInfo> snapshots() {
        refuseClosed();
        return snapshots.all();
    }

    @Override
    public byte[] readSnapshot(long index, long offset, int maxBytes) {
        refuseClosed();
        return snapshots.read(index, offset, maxBytes);
    }

    @Override
    public void write(SnapshotPart part) {
        refuseClosed();
        refuseFailed();
        StorageRules.checkNewer(state, part);
        reception.check(part);
        try {
            reception.add(part);
        } catch (IOException | RuntimeException | Error e) {
            throw fail(snapshots.pathOf(part.snapshot().index()), e);
        }
    }

    @Override
    public SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration) {
        refuseClosed();
        refuseFailed();
        StorageRules.checkSnapshot(state, index);
        try {
            return snapshots.begin(index, configuration);
        } catch (IOException e) {
            throw new StorageException(
                    "a snapshot of index " + index + " cannot be begun in " + directory + ": " + e
                            + "; the log goes on without it. Check the disk and its free space",
                    e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            reception.close();
            snapshots.close();
            release(reader);
            release(writer);
            release(lock);
        }
    }

    /** What was acknowledged is durable already, so a failure to close takes nothing away. */
    private static void release(Closeable resource) {
        try {
            resource.close();
        } catch (IOException e) {
            log.warn("a file of the storage could not be closed", e);
        }
    }

    private StorageException fail(Path file, Throwable cause) {
        String reason = cause instanceof StorageException ? cause.getMessage() : cause.toString();
        String message = "the storage failed to write " + file + " and takes no more writes: " + reason
                + "; check the disk and its free space, then start the node again";
        failure = new Failure(message, cause);
        return new StorageException(message, cause);
    }

    private void refuseFailed() {
        Failure earlier = failure;
        if (earlier != null) {
            throw new StorageException(earlier.message(), earlier.cause());
        }
    }

    private void refuseClosed() {
        if (closed) {
            throw new StorageException("the storage in " + directory + " is closed; open it again before using it");
        }
    }
}
