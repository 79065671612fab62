package io.omnipaxos.leadership;

import io.omnipaxos.cluster.Ballot;

/**
 * One leadership of this node.
 *
 * @param ballot the ballot it rests on
 * @param fencingToken rises strictly from each leadership of the cluster to the next, over restarts as well;
 *     positive. A leadership that is resumed in the same ballot keeps its token.
 */
public record Tenure(Ballot ballot, long fencingToken) {}
