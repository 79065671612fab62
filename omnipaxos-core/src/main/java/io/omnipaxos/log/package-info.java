/**
 * What is replicated: the entries of the log, their identity, and the read-only view of what is stored.
 */
@NullMarked
package io.omnipaxos.log;

import org.jspecify.annotations.NullMarked;
