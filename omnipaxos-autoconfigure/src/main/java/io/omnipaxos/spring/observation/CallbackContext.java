package io.omnipaxos.spring.observation;

import io.micrometer.observation.Observation;

/** A callback that is observed. Its error is what it threw. */
public final class CallbackContext extends Observation.Context {

    private final String kind;
    private final String method;
    private volatile boolean returned;

    CallbackContext(String kind, String method) {
        this.kind = kind;
        this.method = method;
    }

    /** What it is told of: elected, revoked or changed. */
    public String kind() {
        return kind;
    }

    /** Its class and name, in words. */
    public String method() {
        return method;
    }

    /** Whether it has returned without an error. */
    public boolean hasReturned() {
        return returned;
    }

    void returned() {
        returned = true;
    }
}
