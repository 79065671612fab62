package io.omnipaxos.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import java.util.ArrayList;
import java.util.List;

/** What a storage should hold, as simply as it can be said. */
public record StoredModel(DurableState state, List<LogEntry> entries) {

    public static final StoredModel EMPTY = new StoredModel(DurableState.EMPTY, List.of());

    public StoredModel after(WriteBatch batch) {
        List<LogEntry> changed = new ArrayList<>(entries);
        if (batch.entries() != null) {
            changed = new ArrayList<>(entries.subList(0, (int) batch.entries().firstIndex() - 1));
            changed.addAll(batch.entries().entries());
        }
        return new StoredModel(state.after(batch), List.copyOf(changed));
    }

    /** Everything that the storage tells, read in pieces. */
    public static StoredModel of(Storage storage) {
        List<LogEntry> all = new ArrayList<>();
        long last = storage.state().acceptedIndex();
        while (all.size() < last) {
            all.addAll(storage.read(all.size() + 1L, last, 3000));
        }
        return new StoredModel(storage.state(), List.copyOf(all));
    }

    public void assertEquals(Storage storage) {
        assertThat(of(storage)).isEqualTo(this);
    }
}
