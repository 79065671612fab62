package io.omnipaxos.storage;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Legal batches from a seed: appends, replaced and cut ends, metadata alone and beside entries. */
public final class RandomBatches {

    private final Random random;
    private final int largestPayload;
    private long proposals;

    public RandomBatches(Random random, int largestPayload) {
        this.random = random;
        this.largestPayload = largestPayload;
    }

    public WriteBatch next(DurableState state) {
        Ballot promise = null;
        Ballot round = null;
        if (random.nextInt(5) == 0) {
            promise = new Ballot(1, state.promise().n() + 1, random.nextInt(3), 1 + random.nextInt(3));
            round = random.nextBoolean() ? promise : null;
        }
        LogWrite entries = random.nextInt(4) == 0 ? null : entries(state);
        long last = entries == null ? state.acceptedIndex() : entries.lastIndex();
        Long decided = null;
        if (random.nextInt(3) == 0) {
            decided = state.decidedIndex() + random.nextInt((int) (last - state.decidedIndex()) + 1);
        }
        Long boot = random.nextInt(10) == 0 ? Long.valueOf(state.bootCounter() + 1) : null;
        Long grant = random.nextInt(10) == 0 ? Long.valueOf(state.largestGrantNanos() + 7) : null;
        WriteBatch batch = new WriteBatch(promise, round, entries, decided, boot, grant);
        return batch.isEmpty() ? next(state) : batch;
    }

    private LogWrite entries(DurableState state) {
        long first = state.acceptedIndex() + 1;
        if (random.nextInt(4) == 0) {
            first = state.decidedIndex() + 1 + random.nextInt((int) (first - state.decidedIndex()));
        }
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
        byte[] payload = new byte[random.nextInt(largestPayload + 1)];
        // Zeros by themselves are what a lost sector looks like.
        if (random.nextBoolean()) {
            random.nextBytes(payload);
        }
        return new Command(new ProposalId(1, 1, ++proposals), 1, random.nextInt(3), payload);
    }
}
