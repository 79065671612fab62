package io.omnipaxos.replication;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.EffectsBuilder;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Decide;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.NotAccepted;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.PrepareRequest;
import io.omnipaxos.message.ReplicationMessage.Promise;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Sequence Paxos: one node's part in agreeing on a growing log. It alone owns safety: whatever elections, clocks and
 * networks do, what is decided on one node is never different on another.
 *
 * <p>This class holds the promise and decides by ballot which messages count; what a message means depends on the
 * {@link Phase}.
 *
 * @see <a href="https://arxiv.org/abs/2008.13456">Haridi, Kroll, Carbone: Lecture Notes on Leader-based Sequence Paxos:
 *     An Understandable Sequence Consensus Algorithm</a>
 */
public final class SequencePaxos {

    /** Ticks, in resend timeouts, that a prepare waits for the gate; a living candidate sends it again in time. */
    private static final int KEPT_PREPARE_RESENDS = 2;

    private final PaxosSettings settings;
    private final List<Long> peers;
    private final ReplicaLog log;
    private final EffectsBuilder effects;
    private final Surroundings surroundings;

    private Ballot promise;
    private long nonces;
    private Phase phase;
    private @Nullable Prepare keptPrepare;
    private int keptPrepareTicks;

    /**
     * @param settings how it runs
     * @param promise the promise found in the storage
     * @param log the log found there
     * @param effects collects what each step asks for
     * @param surroundings the replica
     */
    public SequencePaxos(
            PaxosSettings settings, Ballot promise, ReplicaLog log, EffectsBuilder effects, Surroundings surroundings) {
        this.settings = settings;
        this.peers = settings.configuration().peersOf(settings.pid());
        this.promise = promise;
        this.log = log;
        this.effects = effects;
        this.surroundings = surroundings;
        boolean inStepBefore =
                promise.configurationId() == settings.configuration().id()
                        && promise.pid() != settings.pid()
                        && promise.equals(log.acceptedRound());
        // What was accepted in the promised round stays a prefix of that leader's log, over restarts as well. A leader
        // of
        // an earlier configuration is nobody's any more.
        this.phase = inStepBefore ? new Following(this, false) : new Recovering(this);
    }

    // what phases use

    Ballot promise() {
        return promise;
    }

    ReplicaLog log() {
        return log;
    }

    EffectsBuilder effects() {
        return effects;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    ClusterConfiguration configuration() {
        return settings.configuration();
    }

    List<Long> peers() {
        return peers;
    }

    int resendTicks() {
        return settings.resendTicks();
    }

    int maxMessageBytes() {
        return settings.maxMessageBytes();
    }

    /**
     * What may wait for a decision. The undecided end of a log is sent in one piece, so it must fit into a message even
     * where the last command goes beyond this.
     */
    int maxUndecidedBytes() {
        return settings.maxMessageBytes() / 2;
    }

    /** Promises what was promised already, with the log as it is now. */
    void promise(Prepare prepare) {
        nonces++;
        phase = new Promising(this, prepare, new Nonce(settings.boot(), nonces));
    }

    /** The log is the leader's now. */
    void follow() {
        phase = new Following(this, true);
    }

    /** A read quorum has promised. */
    void lead(Map<Long, Promise> promises, Ballot released) {
        phase = new Leading(this, promises, released);
    }

    // what the replica asks

    /** The highest ballot promised. */
    public Ballot promised() {
        return promise;
    }

    /** Whether this node leads in phase Accept of the ballot that it promised. */
    public boolean isLeading() {
        return phase instanceof Leading;
    }

    /** Whether this node prepares a ballot of its own. */
    public boolean isPreparing() {
        return phase instanceof Preparing;
    }

    /** Whether this node accepts in the ballot that it promised, as a follower. */
    public boolean isFollowing() {
        return phase instanceof Following;
    }

    /** Whether this node has promised another's ballot and waits for its log. */
    public boolean isPromising() {
        return phase instanceof Promising;
    }

    /**
     * The index of the leadership entry of the ballot that this node leads, empty if it does not lead, or only to end the
     * configuration.
     */
    public OptionalLong leadershipIndex() {
        return phase instanceof Leading leading ? leading.leadershipIndex() : OptionalLong.empty();
    }

    /** How far a follower that is in step is, empty if this node does not lead or the follower is not in step. */
    public OptionalLong acceptedIndexOf(long follower) {
        if (phase instanceof Leading leading) {
            Progress progress = leading.followers().get(follower);
            if (progress != null && progress.isInStep()) {
                return OptionalLong.of(progress.acceptedIndex());
            }
        }
        return OptionalLong.empty();
    }

    /** The highest ballot that a follower has promised instead of this leader's, or {@link Ballot#NONE}. */
    public Ballot highestRefusal() {
        return phase instanceof Leading leading
                ? leading.refusals().values().stream().reduce(Ballot.NONE, Ballot::max)
                : Ballot.NONE;
    }

    /** Whether a prepare of this ballot waits for the gate. */
    public boolean keepsPrepareOf(Ballot ballot) {
        return keptPrepare != null && keptPrepare.ballot().equals(ballot);
    }

    /**
     * Prepares a ballot of this node. Ignored unless it is above the promise, and while a grant forbids to raise that.
     *
     * @param released a ballot whose leader gave up its lease, so that its grants are no obstacle
     */
    public void prepare(Ballot own, Ballot released) {
        if (own.pid() != settings.pid()) {
            throw new IllegalArgumentException("node " + settings.pid() + " cannot lead " + own);
        }
        if (own.isAbove(promise) && surroundings.mayPromise(own)) {
            raisePromise(own);
            Preparing preparing = new Preparing(this, released);
            phase = preparing;
            preparing.leadWithQuorum();
        }
    }

    /** Gives up leading in the present ballot, for good. */
    public void stepDown() {
        phase = new Recovering(this);
    }

    /**
     * Extends the log, if this node leads.
     *
     * @return false if too much waits for a decision; then nothing is appended
     */
    public boolean append(List<? extends LogEntry> entries) {
        if (phase instanceof Leading leading) {
            return leading.append(entries);
        }
        throw new IllegalStateException("this node does not lead");
    }

    /** Ends the configuration, if this node leads and it is not ended already. */
    public void stop(StopSign stopSign) {
        if (phase instanceof Leading leading && log.stopSign() == null) {
            leading.stop(stopSign);
        }
    }

    /** More of the log is decided, learnt from another node than the leader that this one follows. */
    public void learned() {
        phase.learned();
    }

    /** How many bytes may be appended now; unlimited where others decide on it. */
    public long roomBytes() {
        return phase instanceof Leading leading ? leading.roomBytes() : Long.MAX_VALUE;
    }

    /** The leader of the promised ballot says that so much is decided. */
    public void leaderDecided(long decidedIndex) {
        phase.decided(decidedIndex);
    }

    /** A follower says with its answer to a heartbeat how far it is in this node's ballot. */
    public void followerReported(long from, long acceptedIndex, long heartbeatRound) {
        if (phase instanceof Leading leading) {
            leading.reported(from, acceptedIndex, heartbeatRound);
        }
    }

    /** One tick of time. */
    public void tick() {
        if (keptPrepare != null && ++keptPrepareTicks >= KEPT_PREPARE_RESENDS * settings.resendTicks()) {
            keptPrepare = null;
        }
        phase.tick();
    }

    /** The connection to a node is there again. */
    public void reconnected(long pid) {
        phase.reconnected(pid);
    }

    /** Everything asked to be persisted so far is durable. */
    public void persisted() {
        log.persisted();
        phase.persisted();
    }

    /** Does what waits for the gate, if it is open now. */
    public void retry() {
        Prepare kept = keptPrepare;
        if (kept != null && surroundings.mayPromise(kept.ballot())) {
            keptPrepare = null;
            prepare(kept);
        }
    }

    /** Ends a step: sends what has gathered in it. */
    public void flush() {
        phase.flush();
        log.persistDecidedIndexAlong();
    }

    // messages

    /** A candidate asks for a promise. */
    public void prepare(Prepare prepare) {
        Ballot ballot = prepare.ballot();
        if (ballot.equals(promise)) {
            prepareAgain(prepare);
        } else if (promise.isAbove(ballot)) {
            effects.send(ballot.pid(), new NotAccepted(promise));
        } else if (surroundings.mayPromise(ballot)) {
            raisePromise(ballot);
            promise(prepare);
        } else if (keptPrepare == null || !keptPrepare.ballot().isAbove(ballot)) {
            keptPrepare = prepare;
            keptPrepareTicks = 0;
        }
    }

    /** The same candidate once more. A node that is not prepared yet promises once more, which raises nothing. */
    private void prepareAgain(Prepare prepare) {
        if (phase instanceof Recovering) {
            promise(prepare);
        } else {
            phase.prepareAgain(prepare);
        }
    }

    /** A node asks to be prepared, if this node leads a ballot that it may promise. */
    public void prepareRequest(long from, PrepareRequest request) {
        if (!request.promise().isAbove(promise)) {
            phase.prepareRequest(from, request);
        }
    }

    public void promise(long from, Promise message) {
        if (message.ballot().equals(promise)) {
            phase.promise(from, message);
        }
    }

    public void acceptSync(AcceptSync sync) {
        if (isOfPromisedBallot(sync.ballot())) {
            phase.acceptSync(sync);
        }
    }

    public void acceptDecide(AcceptDecide accept) {
        if (isOfPromisedBallot(accept.ballot())) {
            phase.acceptDecide(accept);
        }
    }

    public void decide(Decide decide) {
        if (isOfPromisedBallot(decide.ballot())) {
            phase.decided(decide.decidedIndex());
        }
    }

    public void accepted(long from, Accepted accepted) {
        if (accepted.ballot().equals(promise)) {
            phase.accepted(from, accepted);
        }
    }

    public void notAccepted(long from, NotAccepted refused) {
        if (refused.promise().isAbove(promise)) {
            phase.refused(from, refused.promise());
        }
    }

    /**
     * Whether a message of a leader counts. If this node has promised a higher ballot the leader is told so; if it has
     * missed the prepare it asks for it.
     */
    public boolean isOfPromisedBallot(Ballot ballot) {
        if (promise.isAbove(ballot)) {
            effects.send(ballot.pid(), new NotAccepted(promise));
        } else if (ballot.isAbove(promise) && !keepsPrepareOf(ballot)) {
            effects.send(ballot.pid(), new PrepareRequest(promise));
        }
        return ballot.equals(promise);
    }

    private void raisePromise(Ballot ballot) {
        promise = ballot;
        if (keptPrepare != null && !keptPrepare.ballot().isAbove(ballot)) {
            keptPrepare = null;
        }
        effects.persist(WriteBatch.promise(ballot));
        surroundings.promised(ballot);
    }
}
