package io.omnipaxos.statemachine;

import io.omnipaxos.log.Command;

/**
 * What is built from the decided commands, the same on every node: {@link #apply} must depend on nothing but the
 * commands applied before. Called by one thread, in log order, each command once per start of the node.
 */
public interface StateMachine {

    /** Applies nothing and answers every command with no bytes. */
    StateMachine NONE = (index, command) -> new byte[0];

    /**
     * Applies one command.
     *
     * @param index the command's index in the log, rising from call to call, not always by one
     * @param command decided and durable here
     * @return the answer for who proposed the command; never changed afterwards
     */
    byte[] apply(long index, Command command);
}
