/** Clusters of application contexts in one process, connected by a network in memory that tests can cut. */
@NullMarked
package io.omnipaxos.spring.test.cluster;

import org.jspecify.annotations.NullMarked;
