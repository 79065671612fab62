/**
 * The port to the network.
 */
@NullMarked
package io.omnipaxos.transport;

import org.jspecify.annotations.NullMarked;
