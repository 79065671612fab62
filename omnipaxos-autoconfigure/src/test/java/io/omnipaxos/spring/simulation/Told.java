package io.omnipaxos.spring.simulation;

import io.omnipaxos.leadership.Tenure;
import java.time.Duration;

/**
 * Something that a bean was told.
 *
 * @param fact a tenure or a change of leader
 * @param returnedAt true time at which the callback is over
 */
record Told(String bean, Kind kind, Object fact, Duration returnedAt) {

    enum Kind {
        ELECTED,
        REVOKED,
        CHANGED
    }

    boolean isOf(Kind otherKind, Object otherFact) {
        return kind == otherKind && fact.equals(otherFact);
    }

    /** Of what was told of a leadership of this node. */
    long token() {
        return ((Tenure) fact).fencingToken();
    }
}
