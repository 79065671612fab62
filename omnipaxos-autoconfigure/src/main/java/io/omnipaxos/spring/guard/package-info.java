/**
 * How {@link io.omnipaxos.spring.LeaderOnly} works: which methods it covers and what is refused about them, the advice
 * that asks for admission, and the check at start-up that every covered method has that advice.
 */
@NullMarked
package io.omnipaxos.spring.guard;

import org.jspecify.annotations.NullMarked;
