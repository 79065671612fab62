package io.omnipaxos.statemachine;

import io.omnipaxos.log.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * What is built from the decided commands, the same on every node: {@link #apply} must depend on nothing but the
 * commands applied before. Called by one thread, in log order; what throws stops the node, but for {@link #snapshot},
 * without which only the log grows.
 */
public interface StateMachine {

    /** Keeps nothing and answers every command with no bytes. */
    StateMachine NONE = new StateMachine() {

        @Override
        public byte[] apply(long index, Command command) {
            return new byte[0];
        }

        @Override
        public Snapshot snapshot() {
            return target -> {};
        }

        @Override
        public void restore(InputStream source) {
            // There is nothing to restore.
        }
    };

    /**
     * Applies one command.
     *
     * @param index the command's index in the log, rising from call to call, not always by one
     * @param command decided and durable here
     * @return the answer for who proposed the command; never changed afterwards
     */
    byte[] apply(long index, Command command);

    /**
     * Fixes the state as it is after the last command. Commands wait until this returns, so it should only take what it
     * needs to write the state later.
     *
     * @return writes that very state, whatever is applied meanwhile
     */
    Snapshot snapshot();

    /**
     * Replaces the whole state by one that was written by a {@link Snapshot}, on this node or another. Called on a start,
     * and when this node has fallen behind further than the others' logs reach. Threads that read the state meanwhile
     * should find it as it was or as it will be, so it is best built aside and exchanged at the end.
     *
     * @param source the written bytes, to its end
     * @throws IOException if they cannot be read or understood; the node stops
     */
    void restore(InputStream source) throws IOException;

    /** A state at one moment. */
    interface Snapshot {

        /**
         * Writes the state. Called once, on another thread than {@link StateMachine#apply}.
         *
         * @param target closed by the caller
         * @throws IOException as the target does
         */
        void writeTo(OutputStream target) throws IOException;
    }
}
