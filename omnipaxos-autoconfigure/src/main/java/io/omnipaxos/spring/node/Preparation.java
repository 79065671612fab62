package io.omnipaxos.spring.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.node.OmniPaxosNode;
import org.jspecify.annotations.Nullable;

/** What one start of the node begins with. */
interface Preparation {

    /** A node whose configuration is known. */
    static Preparation of(OmniPaxosNode node) {
        return new Preparation() {
            @Override
            public boolean isToJoin() {
                return false;
            }

            @Override
            public @Nullable Joining joining() {
                return null;
            }

            @Override
            public OmniPaxosNode node(@Nullable ClusterConfiguration told) {
                return node;
            }

            @Override
            public void discard() {
                // Nothing is open.
            }
        };
    }

    /** Whether a running cluster takes this node in, or did so earlier. */
    boolean isToJoin();

    /** What is to be asked first, not begun yet; null if the configuration is known. */
    @Nullable
    Joining joining();

    /**
     * Makes the node, once.
     *
     * @param told what was asked for, null if nothing was
     * @return not started yet; it closes what it was made of
     */
    OmniPaxosNode node(@Nullable ClusterConfiguration told);

    /** Closes what is open for a node that is not made after all. */
    void discard();
}
