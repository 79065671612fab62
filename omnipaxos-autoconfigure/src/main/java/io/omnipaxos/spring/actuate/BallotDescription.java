package io.omnipaxos.spring.actuate;

import io.omnipaxos.cluster.Ballot;
import org.jspecify.annotations.Nullable;

/** A {@link Ballot} as the endpoint shows it. */
@Description
public record BallotDescription(long configurationId, long n, int priority, long pid) {

    static @Nullable BallotDescription of(@Nullable Ballot ballot) {
        return ballot == null
                ? null
                : new BallotDescription(ballot.configurationId(), ballot.n(), ballot.priority(), ballot.pid());
    }
}
