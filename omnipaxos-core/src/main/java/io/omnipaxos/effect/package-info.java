/**
 * What a step of the replica asks of the world: what to persist, what to send and when, what to apply, what to tell.
 */
@NullMarked
package io.omnipaxos.effect;

import org.jspecify.annotations.NullMarked;
