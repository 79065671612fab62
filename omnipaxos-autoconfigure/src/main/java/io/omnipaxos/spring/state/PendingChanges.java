package io.omnipaxos.spring.state;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one listener is still to be told, in order. Where that becomes much, changes of one key become one: what waits is
 * bounded by twice what the listener knows and what the map holds together. Not safe for use by several threads.
 */
final class PendingChanges {

    private final Deque<RawChange> changes = new ArrayDeque<>();
    private final long much;
    private long weight;
    private long mergeAbove;

    /** @param much bytes of changes, from which on they are merged */
    PendingChanges(long much) {
        this.much = much;
        this.mergeAbove = much;
    }

    void add(RawChange change) {
        changes.add(change);
        weight += change.weight();
        if (weight > mergeAbove) {
            merge();
            // Merging costs as much as what waits: not again before that has doubled.
            mergeAbove = Math.max(much, 2 * weight);
        }
    }

    /** The next one, null if there is none. */
    @Nullable
    RawChange poll() {
        RawChange change = changes.poll();
        if (change == null) {
            mergeAbove = much;
            return null;
        }
        weight -= change.weight();
        return change;
    }

    void clear() {
        changes.clear();
        weight = 0;
    }

    private void merge() {
        Map<String, RawChange> merged = new LinkedHashMap<>();
        for (RawChange change : changes) {
            // Taken out first: it moves to where its last change is.
            RawChange earlier = merged.remove(change.key());
            merged.put(change.key(), earlier == null ? change : earlier.and(change));
        }
        clear();
        for (RawChange change : merged.values()) {
            if (!change.isNone()) {
                changes.add(change);
                weight += change.weight();
            }
        }
    }
}
