package io.omnipaxos.node;

import io.omnipaxos.log.Command;

/**
 * A command that the state machine was given.
 *
 * @param index its index in the log
 * @param command its payload must not be changed
 */
public record CommittedCommand(long index, Command command) {}
