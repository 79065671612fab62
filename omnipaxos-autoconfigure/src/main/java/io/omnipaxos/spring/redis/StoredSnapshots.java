package io.omnipaxos.spring.redis;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.Encoding;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageRules;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * The snapshots of a storage: hashes of pieces, written under a name of their own and renamed when they are complete.
 * Safe for use by any thread.
 */
final class StoredSnapshots {

    static final int PIECE = 1 << 18;

    private static final Logger LOG = LoggerFactory.getLogger(StoredSnapshots.class);

    private final RedisStorageSettings settings;
    private final RedisCalls calls;
    private final byte[] owner;
    private final Checked checked;
    /** Guarded by itself, as is whatever is added to and removed from it in Redis. */
    private final SortedMap<Long, SnapshotInfo> present = new TreeMap<>();

    StoredSnapshots(RedisStorageSettings settings, RedisCalls calls, byte[] owner, Checked checked) {
        this.settings = settings;
        this.calls = calls;
        this.owner = owner;
        this.checked = checked;
    }

    /**
     * Finds what is stored, and deletes what is not needed.
     *
     * @param compactedIndex before which none is needed
     * @throws StorageException if the one that stands for the beginning of the log is damaged
     */
    void recover(Content content, long compactedIndex) {
        List<String> dropped = new ArrayList<>();
        content.snapshots().forEach((index, framed) -> {
            SnapshotInfo info = decode(index, framed);
            if (info != null && info.index() >= compactedIndex && isComplete(info)) {
                present.put(info.index(), info);
            } else {
                dropped.add(index);
                if (info == null || info.index() > compactedIndex) {
                    LOG.warn("The snapshot {} of the storage {} is damaged and dropped", index, settings.keys());
                }
            }
        });
        if (compactedIndex > 0 && !present.containsKey(compactedIndex)) {
            throw Content.damaged(
                    settings,
                    "the snapshot of index " + compactedIndex + " is damaged or missing, before which the log"
                            + " has no entries");
        }
        discard(StorageScripts.DISCARD_SNAPSHOTS, settings.snapshotsKey(), dropped, settings::snapshotKey);
        discard(StorageScripts.DISCARD_STAGED, settings.stagedKey(), content.staged(), key -> key);
    }

    private void discard(RedisScript<Long> script, String listed, List<String> names, UnaryOperator<String> key) {
        List<String> keys = new ArrayList<>(List.of(settings.metaKey(), listed));
        List<byte[]> arguments = new ArrayList<>(List.of(owner));
        for (String name : names) {
            keys.add(key.apply(name));
            arguments.add(Bytes.of(name));
        }
        calls.run(script, keys, arguments);
    }

    void discardStaged(String key) {
        discard(StorageScripts.DISCARD_STAGED, settings.stagedKey(), List.of(key), name -> name);
    }

    private boolean isComplete(SnapshotInfo info) {
        long pieces = (info.length() + PIECE - 1) / PIECE;
        List<Object> count = calls.run(StorageScripts.PIECE, List.of(settings.metaKey(), key(info.index())), List.of());
        return count.get(0).equals(pieces);
    }

    private String key(long index) {
        return settings.snapshotKey(String.valueOf(index));
    }

    List<SnapshotInfo> all() {
        synchronized (present) {
            return List.copyOf(present.values());
        }
    }

    private @Nullable SnapshotInfo find(long index) {
        synchronized (present) {
            return present.get(index);
        }
    }

    /** Runs a write that deletes all below an index, given their keys, while none is added. */
    void deleteBelow(long index, Consumer<List<Long>> write) {
        synchronized (present) {
            List<Long> old = List.copyOf(present.headMap(index).keySet());
            // Before they are gone, so that a reader who misses a piece knows why.
            present.headMap(index).clear();
            write.accept(old);
        }
    }

    byte[] read(long index, long offset, int maxBytes) {
        SnapshotInfo info = find(index);
        if (info == null) {
            throw noneOf(index);
        }
        StorageRules.checkOffset(info, offset);
        byte[] found = new byte[(int) Math.min(maxBytes, info.length() - offset)];
        ByteBuffer target = ByteBuffer.wrap(found);
        while (target.hasRemaining()) {
            long position = offset + target.position();
            ByteBuffer piece = piece(index, position / PIECE).position((int) (position % PIECE));
            piece.limit(Math.min(piece.limit(), piece.position() + target.remaining()));
            target.put(piece);
        }
        return found;
    }

    private ByteBuffer piece(long index, long number) {
        List<Object> answer =
                calls.run(StorageScripts.PIECE, List.of(settings.metaKey(), key(index)), List.of(Bytes.of(number)));
        ByteBuffer piece = checked.open(pieceName(index, number), (byte[]) answer.get(0));
        if (piece == null) {
            if (find(index) == null) {
                throw noneOf(index);
            }
            throw Content.damaged(settings, "piece " + number + " of the snapshot of index " + index);
        }
        return piece;
    }

    private static IndexOutOfBoundsException noneOf(long index) {
        return new IndexOutOfBoundsException("there is no snapshot of index " + index);
    }

    void stage(String key, long index, long number, byte[] framed) {
        calls.run(
                StorageScripts.STAGE,
                List.of(settings.metaKey(), key, settings.stagedKey()),
                List.of(owner, Bytes.of(number), checked.seal(pieceName(index, number), framed)));
    }

    private static String pieceName(long index, long number) {
        return "snapshot " + index + " " + number;
    }

    /**
     * Makes a staged snapshot one of those that are stored. The first of an index stays.
     *
     * @param compactedIndex asked while no other is added or deleted
     * @throws StorageException if the log begins behind a newer one
     */
    SnapshotInfo commit(String key, SnapshotInfo info, LongSupplier compactedIndex) {
        synchronized (present) {
            long compacted = compactedIndex.getAsLong();
            if (info.index() < compacted) {
                throw new StorageException("the snapshot of index " + info.index()
                        + " is not stored: the log begins behind a newer one already, of index " + compacted);
            }
            calls.run(
                    StorageScripts.COMMIT,
                    List.of(settings.metaKey(), key, settings.stagedKey(), settings.snapshotsKey(), key(info.index())),
                    List.of(owner, Bytes.of(info.index()), encode(info)));
            SnapshotInfo stored = present.putIfAbsent(info.index(), info);
            return stored == null ? info : stored;
        }
    }

    private byte[] encode(SnapshotInfo info) {
        ClusterConfiguration configuration = info.configuration();
        ByteBuffer target =
                ByteBuffer.allocate(Checked.BYTES + 2 * Long.BYTES + Integer.BYTES + Encoding.lengthOf(configuration));
        target.position(Checked.BYTES)
                .putLong(info.index())
                .putLong(info.length())
                .putInt(info.checksum());
        Encoding.putConfiguration(target, configuration);
        return checked.seal("snapshot " + info.index(), target.array());
    }

    private @Nullable SnapshotInfo decode(String index, byte[] framed) {
        ByteBuffer source = checked.open("snapshot " + index, framed);
        if (source == null) {
            return null;
        }
        long covered = source.getLong();
        long length = source.getLong();
        int checksum = source.getInt();
        return new SnapshotInfo(covered, Encoding.getConfiguration(source), length, checksum);
    }
}
