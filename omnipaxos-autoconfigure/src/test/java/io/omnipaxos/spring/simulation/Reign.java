package io.omnipaxos.spring.simulation;

import io.omnipaxos.effect.Lease;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A leadership of one process as it truly was. */
final class Reign {

    private final long token;
    private Lease lease;
    private @Nullable Duration endingSince;
    private boolean lapsed;
    private boolean drainTimedOut;
    private boolean revokeTimedOut;

    Reign(Lease lease) {
        this.token = lease.fencingToken();
        this.lease = lease;
    }

    long token() {
        return token;
    }

    Lease lease() {
        return lease;
    }

    void renewed(Lease renewed) {
        lease = renewed;
    }

    /** Since when nothing is admitted, null while it is not being handed over. */
    @Nullable
    Duration endingSince() {
        return endingSince;
    }

    void ending(Duration since) {
        if (endingSince == null) {
            endingSince = since;
        }
    }

    /** The lease ran out, or the node failed: nobody waited for anything. */
    void lapsed() {
        lapsed = true;
    }

    boolean hasLapsed() {
        return lapsed;
    }

    void timedOut(boolean drain, boolean revoke) {
        drainTimedOut |= drain;
        revokeTimedOut |= revoke;
    }

    /** Whether its work may go on beside that of a successor, which only the token tells apart then. */
    boolean mayBeOutlived() {
        return lapsed || drainTimedOut;
    }

    /** Whether a successor may be told before its callbacks have returned. */
    boolean mayBeToldLate() {
        return lapsed || revokeTimedOut;
    }
}
