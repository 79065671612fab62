package io.omnipaxos.leadership;

import io.omnipaxos.cluster.Ballot;

/**
 * A node that leads, as far as the asked node knows.
 *
 * @param pid the leader's pid, positive
 * @param ballot the ballot it leads with
 */
public record Leader(long pid, Ballot ballot) {}
