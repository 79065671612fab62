package io.omnipaxos.replica;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.EffectsBuilder;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.message.LearningMessage.Decided;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.LearningMessage.SnapshotPiece;
import io.omnipaxos.replication.ReplicaLog;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what is decided from other nodes, a piece at a time: as a node that lags behind until it has caught up, and as
 * one that takes no part in decisions all the time. One request is open at once, so the speed is the receiver's.
 */
final class Learner {

    private final ReplicaSettings settings;
    private final EffectsBuilder effects;
    private final ReplicaLog log;

    private List<Long> sources = List.of();
    private @Nullable UUID candidacy;
    private boolean always;

    private int lastSource = -1;
    private long source;
    private long wantedIndex;
    private long wantedConfiguration;
    /** The request that is open, null if none is. */
    private @Nullable Fetch asked;

    private boolean upToDate;
    private int ticksSinceAsked;
    private @Nullable SnapshotInfo receiving;
    private long received;

    Learner(ReplicaSettings settings, EffectsBuilder effects, ReplicaLog log) {
        this.settings = settings;
        this.effects = effects;
        this.log = log;
    }

    /**
     * A configuration has begun, or this node's part in it has changed.
     *
     * @param alwaysNow whether this node takes no part in decisions, so that it learns of all of them here
     * @param storage names this node's storage if it is to become a member with it, otherwise null
     */
    void enter(ClusterConfiguration configuration, boolean alwaysNow, @Nullable UUID storage) {
        sources = configuration.peersOf(settings.pid());
        always = alwaysNow;
        candidacy = storage;
        source = sources.contains(source) ? source : 0;
        if (configuration.id() >= wantedConfiguration) {
            wantedConfiguration = 0;
        }
    }

    /** A node knows of decisions up to an index that this one lacks. */
    void behind(long pid, long decidedIndex) {
        if (decidedIndex > log.decidedIndex()) {
            wantedIndex = Math.max(wantedIndex, decidedIndex);
            turnTo(pid);
        }
    }

    /** A node is in a newer configuration than this one. */
    void behindConfiguration(long pid, long configurationId) {
        wantedConfiguration = Math.max(wantedConfiguration, configurationId);
        turnTo(pid);
    }

    /** Whether this node waits for what it lacks. */
    boolean isBehind() {
        return wantedIndex > log.decidedIndex() || wantedConfiguration > 0;
    }

    void tick() {
        ticksSinceAsked++;
        if (asked != null && ticksSinceAsked >= settings.resendTicks()) {
            asked = null;
            source = 0;
        }
        upToDate = false;
    }

    /** Ends an input: asks for the next piece if it is time. */
    void settle() {
        boolean wants = isBehind() || (always && !upToDate);
        if (wants && asked == null) {
            ask();
        }
    }

    /** Takes decided entries. Whether there are more than were known. */
    boolean decided(long from, Decided decided) {
        if (!answers(from, asked != null && decided.firstIndex() == asked.nextIndex())) {
            return false;
        }
        long before = log.decidedIndex();
        if (!decided.entries().isEmpty()) {
            receiving = null;
            log.learn(decided.firstIndex(), decided.entries());
        }
        wantedIndex = Math.min(wantedIndex, Math.max(decided.decidedIndex(), before));
        upToDate = decided.decidedIndex() <= log.decidedIndex();
        if (upToDate && wantedConfiguration > 0 && log.decidedStopSign() == null) {
            // Whoever knew of the newer configuration is asked again with its next message.
            wantedConfiguration = 0;
        }
        preferLeader(decided.leader().pid());
        return log.decidedIndex() > before;
    }

    /**
     * Takes a piece of a snapshot.
     *
     * @return the snapshot, if it is complete and covers more than this node knew to be decided
     */
    @Nullable
    SnapshotInfo snapshotPiece(long from, SnapshotPiece piece) {
        boolean ofTheSame = piece.snapshot().equals(receiving);
        boolean begins = piece.offset() == 0 && !ofTheSame;
        boolean next = piece.offset() == received && ofTheSame;
        if (!answers(from, isWanted(piece, begins))) {
            return null;
        }
        if (piece.snapshot().index() <= log.decidedIndex() || !(begins || next)) {
            // Of another snapshot than the pieces before: from the beginning.
            receiving = null;
            return null;
        }
        SnapshotPart part = new SnapshotPart(piece.snapshot(), piece.offset(), piece.bytes());
        effects.store(part);
        receiving = part.isLast() ? null : piece.snapshot();
        received = piece.offset() + piece.bytes().length;
        preferLeader(piece.leader().pid());
        return part.isLast() ? piece.snapshot() : null;
    }

    private boolean isWanted(SnapshotPiece piece, boolean begins) {
        Fetch open = asked;
        return open != null
                && piece.snapshot().index() >= open.nextIndex()
                && (begins || piece.offset() == open.snapshotOffset());
    }

    /** Whether this is the answer to the open request. A copy of an earlier answer must not open another request. */
    private boolean answers(long from, boolean wanted) {
        boolean answers = wanted && from == source;
        if (answers) {
            asked = null;
        }
        return answers;
    }

    private void turnTo(long pid) {
        if (asked == null && receiving == null) {
            source = pid;
        }
    }

    /** Who is to admit this node must see how far it is. While nobody knows of a leader everybody is asked in turn. */
    private void preferLeader(long leader) {
        if (always && receiving == null && leader != settings.pid()) {
            source = leader;
        }
    }

    private void ask() {
        if (source == 0) {
            source = nextSource();
            receiving = null;
        }
        if (source != 0) {
            ticksSinceAsked = 0;
            SnapshotInfo snapshot = receiving;
            Fetch fetch = new Fetch(
                    log.decidedIndex() + 1,
                    snapshot == null ? 0 : snapshot.index(),
                    snapshot == null ? 0 : received,
                    candidacy);
            asked = fetch;
            effects.send(source, fetch);
        }
    }

    private long nextSource() {
        if (sources.isEmpty()) {
            return 0;
        }
        lastSource = (lastSource + 1) % sources.size();
        return sources.get(lastSource);
    }
}
