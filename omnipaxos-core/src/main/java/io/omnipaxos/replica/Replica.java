package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.EffectsBuilder;
import io.omnipaxos.election.Election;
import io.omnipaxos.lease.PromiseGate;
import io.omnipaxos.log.LogReader;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.replication.PaxosSettings;
import io.omnipaxos.replication.ReplicaLog;
import io.omnipaxos.replication.SequencePaxos;
import io.omnipaxos.replication.Surroundings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One member of the cluster as a function of its inputs: the same storage and the same inputs give the same effects.
 * Nothing in here reads a clock, waits, or touches anything but the read-only view of its own log.
 *
 * <p>Three parts meet here. The election says when to stand; Sequence Paxos makes its ballot the leader's and keeps the
 * log; the lease says for how long the leader may act, and its gate holds back every raise of the promise meanwhile.
 */
public final class Replica {

    private final Parts parts;
    private final OwnLeadership own;
    private final LeaderTracker leaders;
    private final Proposals proposals;
    private final MessageHandler messages;

    private long appliedIndex;
    private boolean stands;

    /**
     * @param settings how it runs
     * @param state what was found in the storage, its boot counter raised for this start
     * @param storedLog the entries found there, and all that will be written
     * @param election decides when to stand
     * @param startedAt when this process started; grants given before it are waited for from then on
     */
    public Replica(
            ReplicaSettings settings,
            DurableState state,
            LogReader storedLog,
            Election election,
            ClockReading startedAt) {
        EffectsBuilder effects = new EffectsBuilder(
                settings.clusterId(), settings.configuration().id(), settings.pid());
        ReplicaLog log = new ReplicaLog(state, storedLog, effects);
        SequencePaxos paxos = new SequencePaxos(
                new PaxosSettings(
                        settings.pid(),
                        settings.boot(),
                        settings.configuration(),
                        settings.resendTicks(),
                        settings.maxMessageBytes()),
                state.promise(),
                log,
                effects,
                new PaxosSurroundings());
        PromiseGate gate = new PromiseGate();
        if (!state.promise().isNone() && state.promise().pid() != settings.pid()) {
            gate.awaitGrantsBefore(state.promise(), startedAt.nanos() + state.largestGrantNanos());
        }
        this.parts = new Parts(settings, election, effects, log, paxos, gate, startedAt);
        this.own = new OwnLeadership(parts);
        this.leaders = new LeaderTracker(parts);
        this.proposals = new Proposals(parts, own, leaders);
        GivenGrants grants = new GivenGrants(parts, state.largestGrantNanos());
        this.messages = new MessageHandler(parts, own, leaders, proposals, grants, this::takeOver);
    }

    /** One input. */
    public Effects step(Input input) {
        return step(List.of(input));
    }

    /**
     * Several inputs, made durable together.
     *
     * @throws IllegalStateException if something happened that must never happen; the node must stop
     */
    public Effects step(List<? extends Input> inputs) {
        for (Input input : inputs) {
            parts.advanceTo(input.at());
            input.accept(inputHandler);
            settle();
        }
        parts.paxos().flush();
        return parts.effects().build(own.lease(), parts.log().applicableIndex());
    }

    /** How many bytes of commands may be proposed now without being refused as too many; unlimited on a follower. */
    public long roomBytes() {
        return own.leads() ? parts.paxos().roomBytes() : Long.MAX_VALUE;
    }

    /** The replica as it is after the last step. */
    public ReplicaStatus status() {
        return new ReplicaStatus(
                parts.paxos().promised(),
                phase(parts.paxos()),
                leaders.leader(),
                leaders.fencingToken(),
                parts.log().acceptedIndex(),
                parts.log().decidedIndex(),
                parts.election().peers());
    }

    private static ReplicaStatus.Phase phase(SequencePaxos paxos) {
        if (paxos.isLeading()) {
            return ReplicaStatus.Phase.LEADING;
        }
        if (paxos.isPreparing()) {
            return ReplicaStatus.Phase.PREPARING;
        }
        if (paxos.isFollowing()) {
            return ReplicaStatus.Phase.FOLLOWING;
        }
        return paxos.isPromising() ? ReplicaStatus.Phase.PROMISING : ReplicaStatus.Phase.RECOVERING;
    }

    /** Does after each input what it made possible or necessary. */
    private void settle() {
        parts.paxos().retry();
        prepareIfElected(parts.election().retry(standing()));
        own.settle(appliedIndex);
        Ballot again = own.takeStandsAgainAbove();
        if (again != null) {
            takeOver(again);
        }
        if (own.leads()) {
            leaders.leadsItself(parts.paxos().promised(), own.fencingToken());
        } else if (!own.isGranted()) {
            leaders.leadsItselfNoMore();
        }
        leaders.settle();
        parts.election().drainOutgoing().forEach(out -> parts.send(out.to(), out.message()));
    }

    private void prepareIfElected(@Nullable Ballot ballot) {
        if (ballot != null) {
            parts.paxos().prepare(ballot, parts.gate().released());
        }
    }

    /** Stands at once, above the given ballot. */
    private void takeOver(Ballot above) {
        if (stands) {
            prepareIfElected(parts.election().takeOver(above, standing()));
        }
    }

    private Election.Standing standing() {
        return new Election.Standing(
                parts.gate().isOpen(parts.nowNanos()),
                parts.paxos().isLeading(),
                stands && own.mayStandAgain(),
                own.isAble());
    }

    private final Input.Visitor inputHandler = new Input.Visitor() {

        @Override
        public void tick(Input.Tick tick) {
            parts.countTick();
            parts.paxos().tick();
            own.tick();
            prepareIfElected(parts.election().tick(standing()));
        }

        @Override
        public void received(Input.Received received) {
            Envelope envelope = received.envelope();
            ReplicaSettings settings = parts.settings();
            boolean ours = envelope.clusterId().equals(settings.clusterId())
                    && envelope.configurationId() == settings.configuration().id()
                    && envelope.to() == settings.pid()
                    && envelope.from() != settings.pid()
                    && settings.configuration().contains(envelope.from());
            if (ours) {
                messages.handle(envelope.from(), envelope.message());
            }
        }

        @Override
        public void reconnected(Input.Reconnected reconnected) {
            if (parts.peers().contains(reconnected.pid())) {
                parts.paxos().reconnected(reconnected.pid());
            }
        }

        @Override
        public void proposed(Input.Proposed proposed) {
            proposals.propose(proposed.commands());
        }

        @Override
        public void readIndexWanted(Input.ReadIndexWanted wanted) {
            proposals.readIndexWanted(wanted.number());
        }

        @Override
        public void persisted(Input.Persisted persisted) {
            parts.paxos().persisted();
        }

        @Override
        public void applied(Input.Applied applied) {
            appliedIndex = Math.max(appliedIndex, applied.index());
        }

        @Override
        public void snapshotTaken(Input.SnapshotTaken taken) {}

        @Override
        public void stand(Input.Stand stand) {
            stands = stand.stands();
        }

        @Override
        public void endLeadership(Input.EndLeadership end) {
            own.endOnPurpose(end.successor(), end.evenIfNobodyFollows());
        }

        @Override
        public void release(Input.Release release) {
            own.release(release.ballot(), release.successor(), "leadership was given up");
        }
    };

    private final class PaxosSurroundings implements Surroundings {

        @Override
        public boolean mayPromise(Ballot ballot) {
            return parts.gate().isOpenFor(ballot, parts.nowNanos());
        }

        @Override
        public void promised(Ballot ballot) {
            own.promised(ballot);
            parts.election().follow(ballot);
        }

        @Override
        public void cameInStep(long pid) {
            own.cameInStep(pid);
        }

        @Override
        public long heartbeatRound() {
            return own.heartbeatRound();
        }
    }
}
