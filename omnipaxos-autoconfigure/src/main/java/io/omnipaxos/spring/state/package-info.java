/**
 * Replicated state for applications: small linearizable maps on the log, and the log itself for state machines of one's
 * own.
 */
@NullMarked
package io.omnipaxos.spring.state;

import org.jspecify.annotations.NullMarked;
