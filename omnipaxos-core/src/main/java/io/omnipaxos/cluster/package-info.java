/**
 * Who takes part: ballots, configurations and quorums. Depends on nothing.
 */
@NullMarked
package io.omnipaxos.cluster;

import org.jspecify.annotations.NullMarked;
