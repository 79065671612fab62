package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.EffectsBuilder;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.election.Election;
import io.omnipaxos.lease.PromiseGate;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.Message;
import io.omnipaxos.replication.PaxosSettings;
import io.omnipaxos.replication.ReplicaLog;
import io.omnipaxos.replication.SequencePaxos;
import io.omnipaxos.replication.Surroundings;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * This node's part in one configuration. Three things meet here. The election says when to stand; Sequence Paxos makes its
 * ballot the leader's and keeps the log; the lease says for how long the leader may act, and its gate holds back every
 * raise of the promise meanwhile.
 */
final class Member {

    private final Parts parts;
    private final OwnLeadership own;
    private final LeaderTracker leaders;
    private final Proposals proposals;
    private final Introductions introductions;
    private final Reconfiguration reconfiguration;
    private final GivenGrants grants;
    private final MessageHandler messages;
    private final Learner learner;

    private boolean stands;
    /** Until anybody has stood in this configuration. */
    private boolean standsFirst;

    /**
     * @param membership what is known of the configuration
     * @param promise the highest ballot promised, in this configuration or before it
     * @param largestGrantNanos the largest lease ever granted
     * @param gate of this configuration
     * @param standsFirst whether this node stands at once
     */
    Member(
            ReplicaSettings settings,
            UUID identity,
            Membership membership,
            Ballot promise,
            long largestGrantNanos,
            PromiseGate gate,
            boolean standsFirst,
            Time time,
            Election.Factory elections,
            EffectsBuilder effects,
            ReplicaLog log,
            Learner learner) {
        ClusterConfiguration configuration = membership.configuration();
        boolean here = promise.configurationId() == configuration.id();
        Election election = configuration.contains(settings.pid())
                ? elections.of(configuration, here ? promise : Ballot.NONE)
                : new NoElection();
        SequencePaxos paxos = new SequencePaxos(
                new PaxosSettings(
                        settings.pid(),
                        settings.boot(),
                        configuration,
                        settings.resendTicks(),
                        settings.maxMessageBytes()),
                promise,
                log,
                effects,
                new PaxosSurroundings());
        this.parts = new Parts(settings, configuration, time, election, effects, log, paxos, gate);
        this.introductions = new Introductions(settings, identity, effects, membership);
        this.own = new OwnLeadership(parts, this::takeStopSign);
        this.reconfiguration = new Reconfiguration(parts, own, introductions);
        this.leaders = new LeaderTracker(parts);
        this.proposals = new Proposals(parts, own, leaders);
        this.grants = new GivenGrants(parts, largestGrantNanos, this::isCandidate);
        this.messages = new MessageHandler(parts, own, leaders, proposals, grants, this::takeOver);
        this.learner = learner;
        this.standsFirst = standsFirst;
        introductions.begin();
    }

    ClusterConfiguration configuration() {
        return parts.configuration();
    }

    Parts parts() {
        return parts;
    }

    OwnLeadership own() {
        return own;
    }

    Proposals proposals() {
        return proposals;
    }

    Introductions introductions() {
        return introductions;
    }

    Reconfiguration reconfiguration() {
        return reconfiguration;
    }

    long largestGrantNanos() {
        return grants.largestNanos();
    }

    /** Whether this node takes part in elections and decisions. */
    boolean takesPart() {
        return configuration().contains(parts.pid()) && !introductions.isForgetful();
    }

    @Nullable
    Lease lease() {
        return own.lease();
    }

    /**
     * The ballot of the node that leads, possibly this one, for those who learn from this node. {@link Ballot#NONE} where
     * this node only learns itself: two of that kind could keep each other in the belief of the past for ever.
     */
    Ballot leaderToTell() {
        Ballot leader = leaders.leader();
        return leader == null || !takesPart() ? Ballot.NONE : leader;
    }

    /** Who takes no part, and so does not lead, hears of the leader from those of whom it learns. */
    void toldOf(Ballot leader) {
        boolean another = leader.pid() != parts.pid();
        if (!takesPart()
                && another
                && leader.configurationId() == configuration().id()) {
            leaders.toldOf(leader);
        }
    }

    void stand(boolean standsNow) {
        stands = standsNow;
    }

    void tick() {
        introductions.tick();
        if (takesPart()) {
            parts.paxos().tick();
            own.tick();
            reconfiguration.tick();
            prepareIfElected(parts.election().tick(standing()));
        }
    }

    void handle(long from, Message message) {
        messages.handle(from, message);
    }

    /** Another member has introduced itself: it may just have come, and have missed what was sent to it. */
    void met(long pid) {
        if (takesPart()) {
            parts.paxos().reconnected(pid);
        }
    }

    /** Gives up what this node leads, because others have decided more than it knows, or this configuration is over. */
    void over(String reason) {
        own.over(reason);
        if (parts.paxos().isLeading() || parts.paxos().isPreparing()) {
            parts.gate().release(parts.paxos().promised());
            parts.election().giveUp();
            parts.paxos().stepDown();
        }
        leaders.over(reason);
    }

    /** Does after each input what it made possible or necessary. */
    void settle(long appliedIndex) {
        if (!takesPart()) {
            if (own.lease() != null || parts.paxos().isLeading()) {
                over("this node takes no part in configuration "
                        + configuration().id());
            }
            leaders.settle();
            return;
        }
        parts.paxos().retry();
        prepareIfElected(parts.election().retry(standing()));
        own.settle(appliedIndex);
        Ballot again = own.takeStandsAgainAbove();
        if (again != null) {
            takeOver(again);
        }
        if (standsFirst && isCandidate()) {
            standsFirst = false;
            takeOver(Ballot.NONE);
        }
        if (own.leads()) {
            leaders.leadsItself(parts.paxos().promised(), own.fencingToken());
        } else if (!own.isGranted()) {
            leaders.leadsItselfNoMore();
        }
        leaders.settle();
        reconfiguration.settle();
        parts.election().drainOutgoing().forEach(out -> parts.send(out.to(), out.message()));
    }

    ReplicaStatus status() {
        return new ReplicaStatus(
                configuration(),
                takesPart() && introductions.isEligible(),
                parts.paxos().promised(),
                phase(),
                leaders.leader(),
                leaders.fencingToken(),
                parts.log().acceptedIndex(),
                parts.log().decidedIndex(),
                parts.log().compactedIndex(),
                parts.election().peers());
    }

    private ReplicaStatus.Phase phase() {
        SequencePaxos paxos = parts.paxos();
        if (!takesPart()) {
            return ReplicaStatus.Phase.LEARNING;
        }
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

    private void prepareIfElected(@Nullable Ballot ballot) {
        if (ballot != null) {
            parts.paxos().prepare(ballot, parts.gate().released());
        }
    }

    /** Stands at once, above the given ballot. */
    private void takeOver(Ballot above) {
        if (isCandidate()) {
            prepareIfElected(parts.election().takeOver(above, standing()));
        }
    }

    private @Nullable StopSign takeStopSign() {
        return reconfiguration.takeStopSign();
    }

    private boolean isCandidate() {
        return stands && introductions.isEligible();
    }

    private Election.Standing standing() {
        return new Election.Standing(
                introductions.isEligible() && parts.gate().isOpen(parts.nowNanos()),
                parts.paxos().isLeading(),
                isCandidate() && own.mayStandAgain(),
                own.isAble());
    }

    private final class PaxosSurroundings implements Surroundings {

        @Override
        public boolean mayPromise(Ballot ballot) {
            return introductions.isEligible() && parts.gate().isOpenFor(ballot, parts.nowNanos());
        }

        @Override
        public void promised(Ballot ballot) {
            standsFirst = false;
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

        @Override
        public void behind(long pid, long decidedIndex) {
            learner.behind(pid, decidedIndex);
        }
    }
}
