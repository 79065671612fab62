/**
 * Sequence Paxos: the replicated log, which alone owns safety.
 */
@NullMarked
package io.omnipaxos.replication;

import org.jspecify.annotations.NullMarked;
