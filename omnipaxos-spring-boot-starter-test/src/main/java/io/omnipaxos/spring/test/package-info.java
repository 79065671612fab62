/**
 * For the tests of an application: leadership that does what the test says, storage in memory, and the search for
 * annotations that nobody serves. Clusters are in {@link io.omnipaxos.spring.test.cluster}.
 */
@NullMarked
package io.omnipaxos.spring.test;

import org.jspecify.annotations.NullMarked;
