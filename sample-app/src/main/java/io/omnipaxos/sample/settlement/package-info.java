/** A job that must never be done twice: it runs on the leader and keeps its progress in the replicated log. */
@NullMarked
package io.omnipaxos.sample.settlement;

import org.jspecify.annotations.NullMarked;
