/**
 * Spring applications on simulated nodes: a context with the library's own beans for each process, everything else in
 * virtual time on the thread of the test.
 */
@NullMarked
package io.omnipaxos.spring.simulation;

import org.jspecify.annotations.NullMarked;
