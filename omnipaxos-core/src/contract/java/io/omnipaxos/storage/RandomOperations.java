package io.omnipaxos.storage;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.storage.StorageOperation.Batch;
import io.omnipaxos.storage.StorageOperation.OwnSnapshot;
import io.omnipaxos.storage.StorageOperation.ReceivedSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Legal operations from a seed: appends, replaced and cut ends, metadata alone and beside entries, own and received
 * snapshots, compaction within the log and beyond its end.
 */
public final class RandomOperations {

    private final Random random;
    private final int largestPayload;
    private long proposals;

    public RandomOperations(Random random, int largestPayload) {
        this.random = random;
        this.largestPayload = largestPayload;
    }

    public StorageOperation next(StoredModel model) {
        DurableState state = model.state();
        int kind = random.nextInt(20);
        if (kind == 0 && state.decidedIndex() > 0) {
            long index = between(Math.max(1, state.compactedIndex()), state.decidedIndex());
            return OwnSnapshot.of(index, configuration(), content());
        }
        if (kind == 1) {
            long index = between(state.compactedIndex() + 1, state.acceptedIndex() + 10);
            return ReceivedSnapshot.of(index, configuration(), content(), 1 + random.nextInt(60_000));
        }
        WriteBatch batch = batch(model);
        return batch.isEmpty() ? next(model) : new Batch(batch);
    }

    private WriteBatch batch(StoredModel model) {
        DurableState state = model.state();
        Ballot promise = null;
        Ballot round = null;
        if (random.nextInt(5) == 0) {
            promise = new Ballot(1, state.promise().n() + 1, random.nextInt(3), 1 + random.nextInt(3));
            round = random.nextBoolean() ? promise : null;
        }
        Long compacted = random.nextInt(10) == 0 ? anySnapshot(model) : null;
        long decidedBefore = compacted == null ? state.decidedIndex() : Math.max(state.decidedIndex(), compacted);
        long lastBefore = Math.max(state.acceptedIndex(), decidedBefore);
        LogWrite entries = random.nextInt(4) == 0 ? null : entries(state, decidedBefore, lastBefore);
        Long decided = null;
        if (random.nextInt(3) == 0) {
            decided = between(decidedBefore, entries == null ? lastBefore : entries.lastIndex());
        }
        Long boot = random.nextInt(10) == 0 ? Long.valueOf(state.bootCounter() + 1) : null;
        Long grant = random.nextInt(10) == 0 ? Long.valueOf(state.largestGrantNanos() + 7) : null;
        Membership membership = random.nextInt(10) == 0 ? membership(state) : null;
        return new WriteBatch(promise, round, entries, decided, boot, grant, compacted, membership);
    }

    private @Nullable Long anySnapshot(StoredModel model) {
        List<Long> indexes = List.copyOf(model.snapshots().keySet());
        return indexes.isEmpty() ? null : indexes.get(random.nextInt(indexes.size()));
    }

    private LogWrite entries(DurableState state, long decided, long last) {
        long first = random.nextInt(4) == 0 ? between(decided + 1, last + 1) : last + 1;
        List<LogEntry> entries = new ArrayList<>();
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            entries.add(entry(state));
        }
        return new LogWrite(first, entries);
    }

    private LogEntry entry(DurableState state) {
        if (random.nextInt(10) == 0) {
            return new LeadershipEntry(state.promise());
        }
        if (random.nextInt(20) == 0) {
            return new StopSign(configuration(), random.nextInt(3));
        }
        return new Command(new ProposalId(1, 1, ++proposals), 1, random.nextInt(3), bytes(largestPayload));
    }

    private Membership membership(DurableState state) {
        Membership before = state.membership();
        if (before == null || random.nextBoolean()) {
            long id = (before == null ? 0 : before.configuration().id()) + 1;
            return Membership.in(new ClusterConfiguration(id, List.of(1L, 2L), Quorums.majority(2)));
        }
        return random.nextBoolean()
                ? before.asEligible()
                : before.knowing(1 + random.nextInt(3), new UUID(random.nextLong(), random.nextLong()));
    }

    private ClusterConfiguration configuration() {
        TreeMap<Long, String> addresses = new TreeMap<>();
        for (long pid = 1; pid <= 3; pid++) {
            if (random.nextBoolean()) {
                addresses.put(pid, "http://nöde-" + random.nextInt(1000));
            }
        }
        TreeMap<Long, UUID> storages = new TreeMap<>();
        if (random.nextBoolean()) {
            storages.put(2L, new UUID(random.nextLong(), random.nextLong()));
        }
        return new ClusterConfiguration(
                1 + random.nextInt(9), List.of(1L, 2L, 3L), Quorums.majority(3), addresses, storages);
    }

    /** Rarely more than one block of a file. */
    private byte[] content() {
        byte[] bytes = bytes(random.nextInt(8) == 0 ? 200_000 : 3_000);
        return bytes.length == 0 ? new byte[1] : bytes;
    }

    private byte[] bytes(int most) {
        byte[] bytes = new byte[random.nextInt(most + 1)];
        // Zeros by themselves are what a lost sector looks like.
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        }
        return bytes;
    }

    private long between(long first, long last) {
        return first + random.nextInt((int) (last - first) + 1);
    }
}
