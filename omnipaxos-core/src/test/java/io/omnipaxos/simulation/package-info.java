/** Whole clusters of the real node in virtual time, from one seed. */
@NullMarked
package io.omnipaxos.simulation;

import org.jspecify.annotations.NullMarked;
