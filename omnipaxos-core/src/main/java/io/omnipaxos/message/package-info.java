/**
 * What nodes say to each other: every message of the elections, of replication and of the lease.
 */
@NullMarked
package io.omnipaxos.message;

import org.jspecify.annotations.NullMarked;
