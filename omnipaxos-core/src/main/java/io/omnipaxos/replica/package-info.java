/**
 * One member of the cluster as a pure function of its inputs: election, lease and replication together.
 */
@NullMarked
package io.omnipaxos.replica;

import org.jspecify.annotations.NullMarked;
