package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.EffectsBuilder;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.lease.HeldLease;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * This node's leadership in one ballot, from phase Accept to its end: the lease, whether leadership was granted, and
 * whether it is being given up. Elected and revoked notices alternate strictly.
 */
final class LeadershipState {

    /** A leader sends about five heartbeats in one lease, and resumes without a word if it misses it by less than one. */
    private static final int HEARTBEATS_PER_LEASE = 5;

    private final Ballot ballot;
    private final long leadershipIndex;
    private final HeldLease held;
    private final long graceNanos;
    private final EffectsBuilder effects;

    private boolean granted;
    private boolean ending;
    private boolean closing;

    /** @param leadershipIndex of its own entry, empty if it only brings the stop-sign that it found to its decision */
    LeadershipState(Ballot ballot, Parts parts, OptionalLong leadershipIndex) {
        ReplicaSettings settings = parts.settings();
        this.ballot = ballot;
        this.leadershipIndex = leadershipIndex.orElse(0);
        this.closing = leadershipIndex.isEmpty();
        this.held = new HeldLease(
                ballot, settings.pid(), parts.configuration().quorums().write(), settings.lease());
        this.graceNanos = settings.lease().durationNanos() / HEARTBEATS_PER_LEASE;
        this.effects = parts.effects();
    }

    Ballot ballot() {
        return ballot;
    }

    HeldLease held() {
        return held;
    }

    /** Whether running work is being ended, so that the lease can be released. */
    boolean isEnding() {
        return ending;
    }

    /** Whether all that is left to do is to have the stop-sign decided: nobody acts on this leadership any more. */
    boolean isClosing() {
        return closing;
    }

    /** The token, 0 before leadership is granted, and after it was revoked. */
    long fencingToken() {
        return granted ? leadershipIndex : 0;
    }

    /** What answers «do I lead»: null before leadership is granted, and after it was revoked. */
    @Nullable
    Lease lease() {
        return granted ? held.lease(leadershipIndex) : null;
    }

    /** Whether leadership is granted and the lease holds. */
    boolean leadsAt(ClockReading now) {
        Lease lease = lease();
        return lease != null && lease.holdsAt(now);
    }

    /** Grants leadership if everything for it is there, and revokes it once the lease has been over for the grace. */
    void check(ClockReading now, long appliedIndex, boolean follows) {
        Lease lease = held.lease(leadershipIndex);
        boolean holds = lease != null && lease.holdsAt(now);
        if (!granted && holds && follows && !ending && !closing && appliedIndex >= leadershipIndex) {
            granted = true;
            effects.notice(new Notice.Granted(ballot, leadershipIndex));
        } else if (granted && !holds && isOverSince(lease, now)) {
            revoke("the lease was not renewed by a write quorum");
        }
    }

    /** Begins the end: asks for the release once running work has ended. */
    void end(long successor, String reason) {
        ending = true;
        effects.notice(new Notice.Ending(ballot, successor, reason));
    }

    /** All work has ended; nobody acts on this leadership again. */
    void close(String reason) {
        revoke(reason);
        closing = true;
    }

    /** Ends without work to drain. */
    void revoke(String reason) {
        if (granted) {
            granted = false;
            effects.notice(new Notice.Revoked(ballot, leadershipIndex, reason));
        }
    }

    boolean isGranted() {
        return granted;
    }

    /** Past the grace, or past anything that a clock reading can be trusted for. */
    private boolean isOverSince(@Nullable Lease lease, ClockReading now) {
        return lease == null || now.nanos() - lease.endsAtNanos() >= graceNanos;
    }
}
