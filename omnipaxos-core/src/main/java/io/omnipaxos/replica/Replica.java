package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.EffectsBuilder;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.election.Election;
import io.omnipaxos.lease.PromiseGate;
import io.omnipaxos.log.LogReader;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage;
import io.omnipaxos.replication.ReplicaLog;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One node of the cluster as a function of its inputs: the same storage and the same inputs give the same effects.
 * Nothing in here reads a clock, waits, or touches anything but the read-only view of its own log.
 *
 * <p>It goes through configurations one after the other, over one log: a {@link Member} in each. When the entry that ends
 * a configuration is decided and that is durable here, the next one begins. What is decided is the same for everybody, so
 * nodes that lag behind, or are no members, learn it from anybody.
 */
public final class Replica {

    private final ReplicaSettings settings;
    private final UUID identity;
    private final LogReader stored;
    private final Election.Factory elections;
    private final EffectsBuilder effects;
    private final ReplicaLog log;
    private final Time time;
    private final Learner learner;
    private final Teacher teacher;

    private Member member;
    private boolean takesPart;
    private @Nullable Leaving leaving;
    private long appliedIndex;
    private boolean stands;
    /** The newest configuration that somebody leads, as this node was told when it learnt. */
    private long ledConfiguration;

    /** The next configuration, as soon as that is durable. */
    private record Leaving(Membership next, long firstLeader, long index) {}

    /**
     * @param settings how it runs
     * @param state what was found in the storage, its boot counter raised for this start
     * @param identity names that storage
     * @param stored the entries found there, and all that will be written
     * @param elections makes what decides when to stand
     * @param startedAt when this process started; grants given before it are waited for from then on
     */
    public Replica(
            ReplicaSettings settings,
            DurableState state,
            UUID identity,
            LogReader stored,
            Election.Factory elections,
            ClockReading startedAt) {
        this.settings = settings;
        this.identity = identity;
        this.stored = stored;
        this.elections = elections;
        Membership membership = state.membership() == null ? beginning(settings) : state.membership();
        long configurationId = membership.configuration().id();
        this.effects = new EffectsBuilder(settings.clusterId(), configurationId, settings.pid());
        this.log = new ReplicaLog(state, stored, configurationId, effects);
        this.time = new Time(startedAt);
        this.learner = new Learner(settings, effects, log);
        this.teacher = new Teacher(log, stored, settings.maxMessageBytes());
        PromiseGate gate = new PromiseGate();
        Ballot promise = state.promise();
        if (promise.configurationId() == configurationId && promise.pid() != settings.pid()) {
            gate.awaitGrantsBefore(promise, startedAt.nanos() + state.largestGrantNanos());
        }
        this.member = makeMember(membership, promise, state.largestGrantNanos(), gate, false);
        this.takesPart = !member.takesPart();
    }

    /**
     * What a new storage begins with. A configuration that names storages is not the first one, so its members have a log
     * that this node lacks: it is none of them, whatever the configuration says, until a next one admits it.
     */
    private static Membership beginning(ReplicaSettings settings) {
        ClusterConfiguration configuration = settings.configuration();
        return Membership.in(
                configuration.storages().isEmpty() ? configuration : configuration.without(settings.pid()));
    }

    private Member makeMember(
            Membership membership, Ballot promise, long largestGrantNanos, PromiseGate gate, boolean standsFirst) {
        return new Member(
                settings,
                identity,
                membership,
                promise,
                largestGrantNanos,
                gate,
                standsFirst,
                time,
                elections,
                effects,
                log,
                learner);
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
            time.advanceTo(input.at());
            input.accept(inputHandler);
            settle();
        }
        member.parts().paxos().flush();
        return effects.build(member.lease(), log.applicableIndex());
    }

    /** How many bytes of commands may be proposed now without being refused as too many; unlimited on a follower. */
    public long roomBytes() {
        return member.own().leads() ? member.parts().paxos().roomBytes() : Long.MAX_VALUE;
    }

    /** The replica as it is after the last step. */
    public ReplicaStatus status() {
        return member.status();
    }

    /** Does after each input what it made possible or necessary. */
    private void settle() {
        if (leaving == null) {
            member.settle(appliedIndex);
            StopSign stopSign = log.decidedStopSign();
            if (stopSign != null) {
                member.reconfiguration().decided(stopSign.next());
                leave(Membership.in(stopSign.next()), stopSign.firstLeader());
            }
        }
        if (takesPart != member.takesPart()) {
            takesPart = member.takesPart();
            learner.enter(member.configuration(), !takesPart, takesPart ? null : identity);
        }
        if (leaving == null) {
            learner.settle();
        }
    }

    /** The configuration is over. The next one begins when that is durable, and nothing happens until then. */
    private void leave(Membership next, long firstLeader) {
        member.over("configuration " + member.configuration().id() + " has ended");
        log.enter(next.configuration().id());
        effects.persist(WriteBatch.decided(log.decidedIndex()).then(WriteBatch.membership(next)));
        leaving = new Leaving(next, firstLeader, log.decidedIndex());
    }

    private void enter(Leaving left) {
        leaving = null;
        Membership next = left.next();
        effects.enter(next.configuration().id());
        effects.notice(new Notice.Configured(next.configuration(), left.index()));
        // Who was away until somebody else leads there disturbs nobody.
        boolean standsFirst = left.firstLeader() == settings.pid()
                && ledConfiguration < next.configuration().id();
        Ballot promise = member.parts().paxos().promised();
        member = makeMember(next, promise, member.largestGrantNanos(), new PromiseGate(), standsFirst);
        member.stand(stands);
        takesPart = member.takesPart();
        learner.enter(next.configuration(), !takesPart, takesPart ? null : identity);
    }

    private void receive(Envelope envelope) {
        long from = envelope.from();
        Message message = envelope.message();
        long present = member.configuration().id();
        if (message instanceof LearningMessage learning && LearningMessage.isOfAnyConfiguration(message)) {
            learning.accept(from, learningMessages);
        } else if (envelope.configurationId() < present) {
            tellAhead(from);
        } else if (envelope.configurationId() > present) {
            learner.behindConfiguration(from, envelope.configurationId());
        } else if (message instanceof ReplicationMessage.Service) {
            member.handle(from, message);
        } else if (!member.configuration().contains(from)) {
            return;
        } else if (message instanceof LearningMessage learning) {
            learning.accept(from, learningMessages);
        } else if (takesPart) {
            member.handle(from, message);
        }
    }

    private void tellAhead(long behind) {
        if (log.decidedIndex() > 0) {
            effects.send(behind, new Ahead(log.decidedIndex()));
        }
    }

    private void toldOf(Ballot leader) {
        ledConfiguration = Math.max(ledConfiguration, leader.configurationId());
        member.toldOf(leader);
    }

    /** A leader whose log lacks what is decided was deposed without hearing of it. */
    private void leadNoMore(long from) {
        if (member.parts().paxos().isLeading()) {
            member.over("node " + from + " knows of decisions that are not in this leader's log");
        }
    }

    private final Input.Visitor inputHandler = new Input.Visitor() {

        @Override
        public void tick(Input.Tick tick) {
            time.countTick();
            if (leaving == null) {
                learner.tick();
                member.tick();
            }
        }

        @Override
        public void received(Input.Received received) {
            Envelope envelope = received.envelope();
            boolean ours = envelope.clusterId().equals(settings.clusterId())
                    && envelope.to() == settings.pid()
                    && envelope.from() != settings.pid();
            if (ours && leaving == null) {
                receive(envelope);
            }
        }

        @Override
        public void reconnected(Input.Reconnected reconnected) {
            if (leaving == null && takesPart && member.parts().peers().contains(reconnected.pid())) {
                member.parts().paxos().reconnected(reconnected.pid());
            }
        }

        @Override
        public void proposed(Input.Proposed proposed) {
            member.proposals().propose(proposed.commands());
        }

        @Override
        public void readIndexWanted(Input.ReadIndexWanted wanted) {
            member.proposals().readIndexWanted(wanted.number());
        }

        @Override
        public void persisted(Input.Persisted persisted) {
            member.parts().paxos().persisted();
            if (leaving != null) {
                enter(leaving);
            }
        }

        @Override
        public void applied(Input.Applied applied) {
            appliedIndex = Math.max(appliedIndex, applied.index());
        }

        @Override
        public void snapshotTaken(Input.SnapshotTaken taken) {
            // Up to the one before: who lags behind by less than a snapshot still gets entries, and if the newest one
            // should turn out unreadable, nothing is missing. After a crash there may be some of what is not known to
            // be decided any more.
            List<SnapshotInfo> snapshots = stored.snapshots();
            snapshots.stream()
                    .limit(Math.max(0, snapshots.size() - 1))
                    .mapToLong(SnapshotInfo::index)
                    .filter(index -> index <= log.applicableIndex())
                    .max()
                    .ifPresent(log::compact);
        }

        @Override
        public void reconfigure(Input.Reconfigure reconfigure) {
            member.reconfiguration().request(reconfigure.next());
        }

        @Override
        public void stand(Input.Stand stand) {
            stands = stand.stands();
            member.stand(stands);
        }

        @Override
        public void endLeadership(Input.EndLeadership end) {
            member.own().endOnPurpose(end.successor(), end.evenIfNobodyFollows());
        }

        @Override
        public void release(Input.Release release) {
            member.own().release(release.ballot(), release.successor(), "leadership was given up");
        }
    };

    private final LearningMessage.Visitor learningMessages = new LearningMessage.Visitor() {

        @Override
        public void introduction(long from, LearningMessage.Introduction introduction) {
            member.introductions().introduction(from, introduction);
            member.met(from);
        }

        @Override
        public void introductionAnswer(long from, LearningMessage.IntroductionAnswer answer) {
            member.introductions().answer(from, answer);
        }

        @Override
        public void ahead(long from, Ahead ahead) {
            learner.behind(from, ahead.decidedIndex());
        }

        @Override
        public void fetch(long from, LearningMessage.Fetch fetch) {
            member.reconfiguration().fetched(from, fetch);
            effects.send(from, teacher.answer(fetch, member.leaderToTell()));
        }

        @Override
        public void decided(long from, LearningMessage.Decided decided) {
            if (!log.contains(decided.firstIndex(), decided.entries())) {
                leadNoMore(from);
            }
            toldOf(decided.leader());
            if (learner.decided(from, decided)) {
                member.parts().paxos().learned();
            }
        }

        @Override
        public void snapshotPiece(long from, LearningMessage.SnapshotPiece piece) {
            toldOf(piece.leader());
            SnapshotInfo snapshot = learner.snapshotPiece(from, piece);
            if (snapshot != null) {
                leadNoMore(from);
                log.install(snapshot.index());
                if (snapshot.configuration().id() > member.configuration().id()) {
                    leave(Membership.in(snapshot.configuration()), 0);
                } else {
                    member.parts().paxos().learned();
                }
            }
        }
    };
}
