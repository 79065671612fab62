package io.omnipaxos.node;

import io.omnipaxos.statemachine.StateMachine;
import java.io.IOException;
import java.io.InputStream;

/** A state machine of which only what it does with commands matters. */
@FunctionalInterface
interface ApplyOnly extends StateMachine {

    @Override
    default Snapshot snapshot() {
        return target -> {};
    }

    @Override
    default void restore(InputStream source) throws IOException {
        // There is nothing to restore.
    }
}
