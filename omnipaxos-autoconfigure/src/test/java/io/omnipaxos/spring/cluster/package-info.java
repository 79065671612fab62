/** Several application contexts in one process that elect a leader among themselves, over HTTP. */
@NullMarked
package io.omnipaxos.spring.cluster;

import org.jspecify.annotations.NullMarked;
