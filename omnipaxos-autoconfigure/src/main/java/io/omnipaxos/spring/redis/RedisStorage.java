package io.omnipaxos.spring.redis;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.Encoding;
import io.omnipaxos.storage.RecentEntries;
import io.omnipaxos.storage.SnapshotReception;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageRules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Keeps the log in Redis, for nodes without a lasting disk. Each batch is one script, so it is atomic; all keys are in one
 * hash slot. Only the process that has opened it writes: every script names its owner, and a process that was taken for
 * dead is refused.
 *
 * <p>Entries and snapshots are read in pieces; in memory are the newest entries, up to 4 MB. Opening reads the whole log
 * once, to find damage.
 *
 * <p>What was refused by an {@link IllegalArgumentException} leaves everything as it was. Any other failure of a write, one
 * whose outcome is not known as well, is final, and to be answered by opening anew.
 *
 * <p>Used by one thread at a time, but for {@link #snapshots}, {@link #readSnapshot}, {@link #beginSnapshot} and what that
 * returns, which any thread may use meanwhile.
 */
public final class RedisStorage implements Storage {

    private static final Logger LOG = LoggerFactory.getLogger(RedisStorage.class);
    private static final long RECENT_BYTES = 4 << 20;
    private static final long READ_BYTES = 1 << 20;

    private final RedisStorageSettings settings;
    private final RedisCalls calls;
    private final byte[] owner;
    private final UUID identity;
    private final Checked checked;
    private final Heartbeat heartbeat;
    private final StoredSnapshots snapshots;
    private final SnapshotReception reception = new SnapshotReception(this::upload);
    private final RecentEntries recent;
    // Written by the one thread, read by those that take snapshots and by the heartbeat.
    private volatile DurableState state;
    private volatile long sequence;
    private volatile @Nullable StorageException failure;
    private volatile boolean closed;

    private RedisStorage(RedisStorageSettings settings, RedisCalls calls, Ownership.Taken taken) {
        this.settings = settings;
        this.calls = calls;
        this.owner = Bytes.of(taken.owner());
        this.identity = taken.identity();
        this.checked = new Checked(identity);
        Content content = Content.of(settings, calls);
        this.sequence = sequenceOf(content);
        this.heartbeat = new Heartbeat(settings, calls, owner, () -> sequence, taken.at());
        this.snapshots = new StoredSnapshots(settings, calls, owner, checked);
        try {
            this.state = stateOf(content);
            this.recent = new RecentEntries(RECENT_BYTES, state.acceptedIndex());
            snapshots.recover(content, state.compactedIndex());
            checkEntries(content);
        } catch (RuntimeException failed) {
            heartbeat.close();
            throw failed;
        }
    }

    /**
     * Opens a node's storage, or makes an empty one where there is none. Where its last owner has not closed it, this
     * waits until that one is surely gone.
     *
     * @throws StorageException if Redis cannot be used or may lose what it confirms, or the storage is in use, damaged or
     *     somebody else's
     */
    public static RedisStorage open(RedisConnectionFactory connections, RedisStorageSettings settings) {
        RedisCalls calls = new RedisCalls(connections, settings);
        boolean opened = false;
        try {
            calls.connect();
            Ownership.Taken taken = new Ownership(settings, calls).take();
            try {
                RedisStorage storage = new RedisStorage(settings, calls, taken);
                opened = true;
                return storage;
            } finally {
                if (!opened) {
                    release(settings, calls, Bytes.of(taken.owner()));
                }
            }
        } finally {
            if (!opened) {
                calls.close();
            }
        }
    }

    private long sequenceOf(Content content) {
        try {
            return Long.parseLong(content.sequence());
        } catch (NumberFormatException damaged) {
            throw Content.damaged(settings, "the number of its last write is '" + content.sequence() + "'");
        }
    }

    private DurableState stateOf(Content content) {
        if (sequence == 0 && content.state().length == 0) {
            return DurableState.EMPTY;
        }
        ByteBuffer source = checked.open("state " + sequence, content.state());
        if (source == null) {
            throw Content.damaged(settings, "its state is not what was written");
        }
        return Encoding.getState(source);
    }

    private void checkEntries(Content content) {
        long expected = state.acceptedIndex() - state.compactedIndex();
        if (content.entries() != expected) {
            throw Content.damaged(
                    settings, "the log has " + content.entries() + " entries, but " + expected + " were written");
        }
        for (long next = state.compactedIndex() + 1; next <= state.acceptedIndex(); ) {
            next += readPiece(next, state.acceptedIndex(), READ_BYTES).size();
        }
    }

    @Override
    public DurableState state() {
        refuseClosed();
        return state;
    }

    @Override
    public UUID identity() {
        return identity;
    }

    @Override
    public void check() {
        if (!closed) {
            refuseFailed();
            try {
                heartbeat.check();
            } catch (StorageException lost) {
                failure = lost;
                throw lost;
            }
        }
    }

    @Override
    public void write(WriteBatch batch) {
        refuseClosed();
        check();
        DurableState next = StorageRules.after(state, batch);
        StorageRules.checkCompaction(batch, snapshots.all());
        if (batch.isEmpty()) {
            return;
        }
        try {
            if (batch.compactedIndex() == null) {
                write(batch, next, List.of());
            } else {
                snapshots.deleteBelow(batch.compactedIndex(), old -> write(batch, next, old));
            }
        } catch (RuntimeException | Error e) {
            throw fail(e);
        }
    }

    private void write(WriteBatch batch, DurableState next, List<Long> oldSnapshots) {
        long before = state.compactedIndex();
        long stored = state.acceptedIndex() - before;
        LogWrite write = batch.entries();
        long kept = write == null ? stored : Math.min(stored, Math.max(0, write.firstIndex() - 1 - before));
        long dropped = Math.min(stored, next.compactedIndex() - before);
        List<LogEntry> entries = write == null ? List.of() : write.entries();

        long number = sequence + 1;
        List<String> keys = new ArrayList<>(List.of(settings.metaKey(), settings.logKey(), settings.snapshotsKey()));
        List<byte[]> arguments = new ArrayList<>(List.of(
                owner,
                Bytes.of(number),
                encode(next, number),
                Bytes.of(kept),
                Bytes.of(dropped),
                Bytes.of(oldSnapshots.size())));
        for (long index : oldSnapshots) {
            keys.add(settings.snapshotKey(String.valueOf(index)));
            arguments.add(Bytes.of(index));
        }
        for (int i = 0; i < entries.size(); i++) {
            arguments.add(encode(entries.get(i), next.acceptedIndex() - entries.size() + 1 + i));
        }
        long sentAt = System.nanoTime();
        long length = calls.run(StorageScripts.WRITE, keys, arguments);
        if (length != next.acceptedIndex() - next.compactedIndex()) {
            throw Content.damaged(settings, "the log has " + length + " entries after a write that leads to " + next);
        }
        heartbeat.heard(sentAt);
        recent.dropUpTo(next.compactedIndex());
        if (write != null) {
            recent.replaceEnd(write);
        }
        sequence = number;
        state = next;
    }

    private byte[] encode(DurableState next, long number) {
        ByteBuffer target = ByteBuffer.allocate(Checked.BYTES + Encoding.lengthOf(next));
        Encoding.putState(target.position(Checked.BYTES), next);
        return checked.seal("state " + number, target.array());
    }

    private byte[] encode(LogEntry entry, long index) {
        ByteBuffer target = ByteBuffer.allocate(Checked.BYTES + Encoding.lengthOf(entry));
        Encoding.putEntry(target.position(Checked.BYTES), entry);
        return checked.seal("entry " + index, target.array());
    }

    @Override
    public List<LogEntry> read(long from, long to, long maxBytes) {
        refuseClosed();
        StorageRules.checkRange(from, to, state.compactedIndex() + 1, state.acceptedIndex());
        List<LogEntry> found = new ArrayList<>();
        long bytes = 0;
        for (long next = from; next <= to; ) {
            List<LogEntry> piece = recent.holds(next)
                    ? List.of(recent.get(next))
                    : readPiece(next, to, Math.max(1, Math.min(READ_BYTES, maxBytes - bytes)));
            for (LogEntry entry : piece) {
                bytes += entry.size();
                if (bytes > maxBytes && !found.isEmpty()) {
                    return found;
                }
                found.add(entry);
            }
            next += piece.size();
        }
        return found;
    }

    private List<LogEntry> readPiece(long from, long to, long bytes) {
        long before = state.compactedIndex();
        List<Object> answer = calls.run(
                StorageScripts.READ,
                List.of(settings.metaKey(), settings.logKey()),
                List.of(owner, Bytes.of(from - before - 1), Bytes.of(to - before - 1), Bytes.of(bytes)));
        if (answer.isEmpty()) {
            throw Content.damaged(settings, "the entry of index " + from + " is missing");
        }
        List<LogEntry> entries = new ArrayList<>();
        for (Object framed : answer) {
            long index = from + entries.size();
            ByteBuffer source = checked.open("entry " + index, (byte[]) framed);
            if (source == null) {
                throw Content.damaged(settings, "the entry of index " + index + " is not what was written");
            }
            entries.add(Encoding.getEntry(source));
        }
        return entries;
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
        check();
        StorageRules.checkNewer(state, part);
        reception.check(part);
        try {
            reception.add(part);
        } catch (IOException | RuntimeException | Error e) {
            throw fail(e);
        }
    }

    @Override
    public SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration) {
        refuseClosed();
        refuseFailed();
        StorageRules.checkSnapshot(state, index);
        return upload(index, configuration);
    }

    private SnapshotUpload upload(long index, ClusterConfiguration configuration) {
        String key = settings.stagingKey(UUID.randomUUID().toString());
        return new SnapshotUpload(snapshots, key, index, configuration, () -> state().compactedIndex());
    }

    @Override
    public void close() {
        if (!closed) {
            heartbeat.close();
            if (failure == null) {
                reception.close();
            }
            closed = true;
            release(settings, calls, owner);
            calls.close();
        }
    }

    /** So that nobody has to wait for a process that is gone. What was acknowledged is in Redis already. */
    private static void release(RedisStorageSettings settings, RedisCalls calls, byte[] owner) {
        try {
            calls.run(StorageScripts.RELEASE, List.of(settings.metaKey()), List.of(owner));
        } catch (StorageException unreleased) {
            LOG.info(
                    "The storage {} could not be released, so its next opening takes {} longer: {}",
                    settings.keys(),
                    settings.takeoverTime(),
                    unreleased.getMessage());
        }
    }

    private StorageException fail(Throwable cause) {
        String reason = cause instanceof StorageException ? cause.getMessage() : cause.toString();
        StorageException failed = new StorageException(
                "the storage " + settings.keys() + " failed to write and takes no more writes: " + reason, cause);
        failure = failed;
        return failed;
    }

    private void refuseFailed() {
        StorageException earlier = failure;
        if (earlier != null) {
            throw new StorageException(String.valueOf(earlier.getMessage()), earlier);
        }
    }

    private void refuseClosed() {
        if (closed) {
            throw new StorageException("the storage " + settings.keys() + " is closed; open it again before using it");
        }
    }
}
