package io.omnipaxos.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a storage should hold, as simply as it can be said.
 *
 * @param entries those after the compacted index
 * @param snapshots with their content, by index
 */
public record StoredModel(DurableState state, List<LogEntry> entries, SortedMap<Long, StoredSnapshot> snapshots) {

    public static final StoredModel EMPTY =
            new StoredModel(DurableState.EMPTY, List.of(), Collections.emptySortedMap());

    /** A buffer is equal to another by its content. */
    public record StoredSnapshot(SnapshotInfo info, ByteBuffer content) {}

    public StoredModel after(WriteBatch batch) {
        DurableState next = state.after(batch);
        SortedMap<Long, LogEntry> byIndex = new TreeMap<>();
        entries.forEach(entry -> byIndex.put(state.compactedIndex() + 1 + byIndex.size(), entry));
        if (batch.entries() != null) {
            byIndex.tailMap(batch.entries().firstIndex()).clear();
            long first = batch.entries().firstIndex();
            for (LogEntry entry : batch.entries().entries()) {
                byIndex.put(first++, entry);
            }
        }
        byIndex.headMap(next.compactedIndex() + 1).clear();
        return new StoredModel(
                next,
                List.copyOf(byIndex.values()),
                Collections.unmodifiableSortedMap(snapshots.tailMap(next.compactedIndex())));
    }

    public StoredModel with(SnapshotInfo info, byte[] content) {
        SortedMap<Long, StoredSnapshot> more = new TreeMap<>(snapshots);
        more.putIfAbsent(info.index(), new StoredSnapshot(info, ByteBuffer.wrap(content)));
        return new StoredModel(state, entries, Collections.unmodifiableSortedMap(more));
    }

    /** Everything that the storage tells, read in pieces. */
    public static StoredModel of(Storage storage) {
        DurableState state = storage.state();
        List<LogEntry> all = new ArrayList<>();
        long next = state.compactedIndex() + 1;
        while (next <= state.acceptedIndex()) {
            all.addAll(storage.read(next, state.acceptedIndex(), 3000));
            next = state.compactedIndex() + 1 + all.size();
        }
        SortedMap<Long, StoredSnapshot> snapshots = new TreeMap<>();
        for (SnapshotInfo info : storage.snapshots()) {
            snapshots.put(info.index(), new StoredSnapshot(info, ByteBuffer.wrap(contentOf(storage, info))));
        }
        return new StoredModel(state, List.copyOf(all), Collections.unmodifiableSortedMap(snapshots));
    }

    public static byte[] contentOf(Storage storage, SnapshotInfo info) {
        ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(info.length()));
        while (content.hasRemaining()) {
            content.put(storage.readSnapshot(info.index(), content.position(), 50_001));
        }
        return content.array();
    }

    public void assertEquals(Storage storage) {
        assertThat(of(storage)).isEqualTo(this);
    }
}
