package io.omnipaxos.spring.observation;

import io.micrometer.observation.Observation;
import io.omnipaxos.node.Committed;
import org.jspecify.annotations.Nullable;

/** An append that is observed. Its outcome is the context's error, or where it was committed. */
public final class AppendContext extends Observation.Context {

    private final int bytes;
    private volatile @Nullable Committed committed;

    AppendContext(int bytes) {
        this.bytes = bytes;
    }

    /** The length of the command. */
    public int bytes() {
        return bytes;
    }

    /** What became of it, null while it runs and if it failed. */
    public @Nullable Committed committed() {
        return committed;
    }

    void committed(Committed result) {
        committed = result;
    }
}
