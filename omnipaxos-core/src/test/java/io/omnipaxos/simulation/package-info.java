/** Whole clusters of the real replica in virtual time, from one seed. */
@NullMarked
package io.omnipaxos.simulation;

import org.jspecify.annotations.NullMarked;
