package io.omnipaxos.replication;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Decide;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.PrepareRequest;
import io.omnipaxos.message.ReplicationMessage.Promise;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Leads in its own ballot: extends the log, brings followers to it, and finds out what is decided. */
final class Leading implements Phase {

    private final SequencePaxos paxos;
    private final ReplicaLog log;
    private final Map<Long, Progress> followers = new TreeMap<>();
    private final Map<Long, Ballot> refusals = new TreeMap<>();
    private final Ballot released;
    private final Ballot adoptedRound;
    private final long adoptedIndex;
    private final OptionalLong leadershipIndex;
    private final Deque<Integer> undecidedSizes = new ArrayDeque<>();
    private long undecidedBytes;
    private long countedThrough;
    private int ticks;

    /**
     * Adopts the best log of a read quorum and appends the leadership entry.
     *
     * @param promises those of the other nodes
     * @param released a ballot whose leader gave up its lease, told to those who have yet to promise
     */
    Leading(SequencePaxos paxos, Map<Long, Promise> promises, Ballot released) {
        this.paxos = paxos;
        this.released = released;
        this.log = paxos.log();
        adoptedRound = promises.values().stream().map(Promise::acceptedRound).reduce(log.acceptedRound(), Ballot::max);
        adoptBest(promises);
        adoptedIndex = log.acceptedIndex();
        countedThrough = log.decidedIndex();
        log.readSuffix(log.decidedIndex() + 1).forEach(this::countUndecided);
        leadershipIndex = log.stopSign() == null ? beginLeadership() : OptionalLong.empty();
        paxos.peers().forEach(peer -> followers.put(peer, new Progress()));
        // The others were asked as well, and their promises may be on the way: they are asked again with the next
        // resend.
        promises.forEach(this::synchronise);
    }

    private OptionalLong beginLeadership() {
        extend(List.of(new LeadershipEntry(paxos.promise())));
        return OptionalLong.of(log.acceptedIndex());
    }

    /** Of the logs accepted in the highest round the longest has all that may be decided. Equals keep their own. */
    private void adoptBest(Map<Long, Promise> promises) {
        Promise best = null;
        long bestIndex = log.acceptedRound().equals(adoptedRound) ? log.acceptedIndex() : -1;
        long decided = log.decidedIndex();
        for (Promise promise : promises.values()) {
            decided = Math.max(decided, promise.decidedIndex());
            if (promise.acceptedRound().equals(adoptedRound) && promise.acceptedIndex() > bestIndex) {
                best = promise;
                bestIndex = promise.acceptedIndex();
            }
        }
        boolean adopted = best == null
                ? log.acceptSync(paxos.promise(), log.acceptedIndex() + 1, List.of(), decided)
                : log.acceptSync(paxos.promise(), best.firstIndex(), best.entries(), decided);
        if (!adopted) {
            throw new IllegalStateException(
                    "the log that " + best + " promised contradicts what is decided up to " + log.decidedIndex());
        }
    }

    /**
     * Extends the log.
     *
     * @return false if too much waits for a decision; then nothing is appended
     */
    boolean append(List<? extends LogEntry> entries) {
        if (log.stopSign() != null) {
            throw new IllegalStateException("the configuration was ended by " + log.stopSign());
        }
        if (roomBytes() <= 0) {
            return false;
        }
        extend(List.copyOf(entries));
        return true;
    }

    /** Appends the last entry of this configuration. */
    void stop(StopSign stopSign) {
        extend(List.of(stopSign));
    }

    private void extend(List<LogEntry> entries) {
        log.append(entries);
        entries.forEach(this::countUndecided);
    }

    /** How much more may be appended before something must be decided; the last append may go beyond it. */
    long roomBytes() {
        return paxos.maxUndecidedBytes() - undecidedBytes;
    }

    private void countUndecided(LogEntry entry) {
        undecidedSizes.addLast(entry.size());
        undecidedBytes += entry.size();
    }

    /**
     * The index of this leadership's own entry, which becomes its fencing token; empty if this leader only brings a
     * stop-sign that it found to its decision.
     */
    OptionalLong leadershipIndex() {
        return leadershipIndex;
    }

    Map<Long, Progress> followers() {
        return followers;
    }

    /** Nodes that have promised a higher ballot, and which. */
    Map<Long, Ballot> refusals() {
        return refusals;
    }

    @Override
    public void tick() {
        ticks++;
        if (ticks % paxos.resendTicks() == 0) {
            followers.forEach((pid, progress) -> {
                if (!progress.hasPromised()) {
                    prepare(pid);
                }
            });
        }
    }

    @Override
    public void reconnected(long pid) {
        Progress progress = progress(pid);
        progress.sendAgain();
        if (!progress.hasPromised()) {
            prepare(pid);
        }
    }

    @Override
    public void prepareRequest(long from, PrepareRequest request) {
        progress(from).forget();
        prepare(from);
    }

    @Override
    public void promise(long from, Promise promise) {
        if (!progress(from).isInStepSince(promise.nonce())) {
            synchronise(from, promise);
        }
    }

    @Override
    public void accepted(long from, Accepted accepted) {
        boolean came = progress(from).accepted(accepted.acceptedIndex());
        refusals.remove(from);
        if (came) {
            paxos.surroundings().cameInStep(from);
        }
        decide();
    }

    /** A follower says with a heartbeat how far it is in this ballot, 0 if it does not accept in it yet. */
    void reported(long from, long acceptedIndex, long heartbeatRound) {
        if (acceptedIndex > 0) {
            accepted(from, new Accepted(paxos.promise(), acceptedIndex));
            progress(from).lackedAt(heartbeatRound);
        }
    }

    @Override
    public void refused(long from, Ballot promise) {
        refusals.merge(from, promise, Ballot::max);
    }

    @Override
    public void persisted() {
        decide();
    }

    @Override
    public void flush() {
        followers.forEach((pid, progress) -> {
            if (progress.isSynchronised()) {
                sendEntries(pid, progress);
            }
        });
    }

    /** What a write quorum has accepted is decided; this node counts itself only with what is durable. */
    private void decide() {
        long[] accepted = new long[followers.size() + 1];
        int position = 0;
        for (Progress progress : followers.values()) {
            accepted[position++] = progress.acceptedIndex();
        }
        accepted[position] = log.durableInRound();
        Arrays.sort(accepted);
        int writeQuorum = paxos.configuration().quorums().write();
        log.decide(accepted[accepted.length - writeQuorum]);
        for (; countedThrough < log.decidedIndex(); countedThrough++) {
            undecidedBytes -= undecidedSizes.removeFirst();
        }
    }

    private void sendEntries(long pid, Progress progress) {
        if (progress.nextIndex() <= log.compactedIndex()) {
            if (progress.owesAhead(paxos.surroundings().heartbeatRound())) {
                paxos.effects().send(pid, new Ahead(log.decidedIndex()));
            }
            return;
        }
        while (progress.nextIndex() <= log.acceptedIndex() && progress.mayHaveMoreInFlight()) {
            List<LogEntry> entries = log.read(progress.nextIndex(), log.acceptedIndex(), paxos.maxMessageBytes());
            AcceptDecide accept = new AcceptDecide(paxos.promise(), progress.nextIndex(), entries, log.decidedIndex());
            paxos.effects().send(pid, accept);
            progress.sent(
                    progress.nextIndex() + entries.size() - 1,
                    log.decidedIndex(),
                    paxos.surroundings().heartbeatRound());
        }
        if (progress.owesDecision(log.decidedIndex())) {
            paxos.effects().send(pid, new Decide(paxos.promise(), log.decidedIndex()));
            progress.sentDecision(log.decidedIndex());
        }
    }

    private void prepare(long pid) {
        paxos.effects()
                .send(
                        pid,
                        new Prepare(
                                paxos.promise(),
                                log.decidedIndex(),
                                log.acceptedRound(),
                                log.acceptedIndex(),
                                released));
    }

    private void synchronise(long pid, Promise promise) {
        long firstIndex = commonIndex(promise) + 1;
        if (isTooMuch(firstIndex)) {
            progress(pid).promised();
            paxos.effects().send(pid, new Ahead(log.decidedIndex()));
            return;
        }
        AcceptSync sync = new AcceptSync(
                paxos.promise(), promise.nonce(), firstIndex, log.readSuffix(firstIndex), log.decidedIndex());
        paxos.effects().send(pid, sync);
        progress(pid)
                .synchronised(
                        promise.nonce(),
                        log.acceptedIndex(),
                        log.decidedIndex(),
                        paxos.surroundings().heartbeatRound());
    }

    /** Whether the log from an index on is compacted, or, where some of it is decided, more than fits into a message. */
    private boolean isTooMuch(long firstIndex) {
        if (firstIndex <= log.compactedIndex()) {
            return true;
        }
        int fitting = log.readSuffix(firstIndex, paxos.maxMessageBytes()).size();
        return firstIndex + fitting <= log.acceptedIndex() && firstIndex <= log.decidedIndex();
    }

    /**
     * Up to where the follower's log is surely the same: what is decided, and what was accepted in one round, as logs of
     * one round are prefixes of one another.
     */
    private long commonIndex(Promise promise) {
        long common = promise.decidedIndex();
        if (promise.acceptedRound().equals(paxos.promise())) {
            common = Math.max(common, promise.acceptedIndex());
        } else if (promise.acceptedRound().equals(adoptedRound)) {
            common = Math.max(common, Math.min(promise.acceptedIndex(), adoptedIndex));
        }
        return common;
    }

    private Progress progress(long pid) {
        Progress progress = followers.get(pid);
        if (progress == null) {
            throw new IllegalStateException("node " + pid + " is no follower of this configuration");
        }
        return progress;
    }
}
