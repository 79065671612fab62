package io.omnipaxos.replication;

import io.omnipaxos.cluster.Ballot;

/** What Sequence Paxos needs of the replica around it. */
public interface Surroundings {

    /** Whether the durable promise may be raised to a candidate's ballot now. */
    boolean mayPromise(Ballot ballot);

    /** The promise was raised. What was led before is led no more. */
    void promised(Ballot ballot);

    /** A follower is in step with this leader from now on. */
    void cameInStep(long pid);

    /** The round of the leader's last heartbeat. */
    long heartbeatRound();

    /** A node knows of decisions up to an index that this one lacks; they are to be learnt from it. */
    void behind(long pid, long decidedIndex);
}
