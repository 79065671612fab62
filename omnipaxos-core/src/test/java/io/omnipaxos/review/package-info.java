/** Attempts to break the protocol and its runtime from outside, through what is public. */
@NullMarked
package io.omnipaxos.review;

import org.jspecify.annotations.NullMarked;
