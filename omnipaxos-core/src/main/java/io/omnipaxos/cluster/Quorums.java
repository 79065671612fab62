package io.omnipaxos.cluster;

/**
 * How many of the nodes must take part in an election (read) and in a decision or a lease (write).
 *
 * <p>Every read quorum meets every write quorum; that intersection is what all safety rests on.
 *
 * @param nodes how many nodes the configuration has, at least 1
 * @param read the size of a read quorum, also called prepare quorum
 * @param write the size of a write quorum, also called accept quorum
 * @see <a href="https://arxiv.org/abs/1608.06696">Howard, Malkhi, Spiegelman: Flexible Paxos</a>
 */
public record Quorums(int nodes, int read, int write) {

    public Quorums {
        int least = nodes == 1 ? 1 : 2;
        if (nodes < 1) {
            throw new IllegalArgumentException("a configuration has at least one node");
        }
        if (read > nodes || write < least || write > read || read + write <= nodes) {
            throw new IllegalArgumentException("read quorum " + read + " and write quorum " + write + " do not fit "
                    + nodes + " nodes: " + least + " <= write <= read <= " + nodes + " and read + write > " + nodes
                    + " must hold");
        }
    }

    /** Majorities for both. */
    public static Quorums majority(int nodes) {
        int majority = nodes / 2 + 1;
        return new Quorums(nodes, majority, majority);
    }
}
