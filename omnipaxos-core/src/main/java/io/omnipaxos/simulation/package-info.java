/**
 * Whole clusters in virtual time: the nodes that applications run, on simulated clocks, threads, disks and networks, one
 * after the other on the calling thread. The same {@link io.omnipaxos.simulation.Scenario} gives the same run, down to
 * the last message, and what must always hold is checked while it runs.
 */
@NullMarked
package io.omnipaxos.simulation;

import org.jspecify.annotations.NullMarked;
