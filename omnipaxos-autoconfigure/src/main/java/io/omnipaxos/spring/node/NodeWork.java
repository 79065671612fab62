package io.omnipaxos.spring.node;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.node.OmniPaxosNode;
import org.jspecify.annotations.Nullable;

/**
 * Which node admitted the leader-only work that each thread runs. Work may outlive its node: one that the context starts
 * later knows nothing of it, and would take what it writes for writes outside of leader-only work.
 */
final class NodeWork {

    // Not static: two contexts in one process must not see each other's work.
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable OmniPaxosNode> admitting = new ThreadLocal<>();

    /** The node of the work that the calling thread runs, or null if it runs none. */
    @Nullable
    OmniPaxosNode node() {
        return admitting.get();
    }

    /** Admits work of this node, see {@link io.omnipaxos.leadership.Leadership#admit}. */
    Admission admit(OmniPaxosNode node) {
        Admission admission = node.leadership().admit();
        return new Admission() {
            @Override
            public long fencingToken() {
                return admission.fencingToken();
            }

            @Override
            public Scope bind() {
                Scope scope = admission.bind();
                OmniPaxosNode before = admitting.get();
                admitting.set(node);
                return () -> {
                    if (before == null) {
                        admitting.remove();
                    } else {
                        admitting.set(before);
                    }
                    scope.close();
                };
            }

            @Override
            public void close() {
                admission.close();
            }
        };
    }
}
