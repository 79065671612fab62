package io.omnipaxos.spring.observation;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/** A handover that is observed. */
public final class HandoverContext extends Observation.Context {

    private final long successor;
    private final String reason;
    private volatile @Nullable Boolean inTime;

    HandoverContext(long successor, String reason) {
        this.successor = successor;
        this.reason = reason;
    }

    /** The pid of the node that is asked to take over, 0 if nobody is. */
    public long successor() {
        return successor;
    }

    /** Why, in words. */
    public String reason() {
        return reason;
    }

    /** Whether work and callbacks ended within their time, null while it runs. */
    public @Nullable Boolean inTime() {
        return inTime;
    }

    void over(boolean endedInTime) {
        inTime = endedInTime;
    }
}
