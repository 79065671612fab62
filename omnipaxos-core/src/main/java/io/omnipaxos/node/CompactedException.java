package io.omnipaxos.node;

/** Commands were asked for that are replaced by a snapshot already. */
public class CompactedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long firstIndex;

    CompactedException(long wanted, long firstIndex) {
        super("the log from index " + wanted
                + " on is no longer there: a snapshot stands for it, and the first index that" + " can be read is "
                + firstIndex + "; subscribe from there, with a state that has everything before");
        this.firstIndex = firstIndex;
    }

    /** The first index that was still there. */
    public long firstIndex() {
        return firstIndex;
    }
}
