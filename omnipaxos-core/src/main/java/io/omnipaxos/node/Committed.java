package io.omnipaxos.node;

/**
 * A command is decided, durable at a write quorum, and applied at the node that proposed it.
 *
 * @param index its index in the log
 * @param result what the state machine answered; must not be changed
 */
public record Committed(long index, byte[] result) {}
