package io.omnipaxos.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The reconfiguration that was asked for at this node, until its outcome is known. Used on the loop's thread. */
final class Reconfigurations {

    /** In election timeouts: how long the next configuration may take to decide something itself. */
    private static final int PATIENCE = 30;

    private final NodeSettings settings;
    private final NodeLoop loop;
    private final NodeView view;
    private final Executor answers;
    private @Nullable Open open;

    private static final class Open {
        private final ClusterConfiguration next;
        private final CompletableFuture<ClusterConfiguration> future;
        private long stopSignIndex;
        private long deadlineNanos = Long.MAX_VALUE;

        Open(ClusterConfiguration next, CompletableFuture<ClusterConfiguration> future) {
            this.next = next;
            this.future = future;
        }
    }

    Reconfigurations(NodeSettings settings, NodeLoop loop, NodeView view, Executor answers) {
        this.settings = settings;
        this.loop = loop;
        this.view = view;
        this.answers = answers;
    }

    /** Asks for a change. Any thread. */
    CompletableFuture<ClusterConfiguration> request(ReconfigurationRequest request) {
        CompletableFuture<ClusterConfiguration> future = new CompletableFuture<>();
        loop.execute(() -> begin(request, future), () -> fail(future, "this node has stopped; nothing was changed"));
        return future;
    }

    private void begin(ReconfigurationRequest request, CompletableFuture<ClusterConfiguration> future) {
        ReplicaStatus status = view.status();
        Leader leader = view.leader();
        if (status == null || leader == null || leader.pid() != settings.pid()) {
            fail(future, "this node does not lead; " + whoLeads(leader) + "; nothing was changed");
        } else if (open != null) {
            fail(future, "the change to nodes " + open.next.nodes() + " is going on; nothing else was changed");
        } else if (request.configurationId() != 0
                && request.configurationId() != status.configuration().id()) {
            fail(
                    future,
                    "the request was made for configuration " + request.configurationId() + ", but configuration "
                            + status.configuration().id() + " with nodes "
                            + status.configuration().nodes() + " is in force; nothing was changed");
        } else {
            propose(request, status.configuration(), future);
        }
    }

    private void propose(
            ReconfigurationRequest request,
            ClusterConfiguration present,
            CompletableFuture<ClusterConfiguration> future) {
        try {
            ClusterConfiguration next = request.after(present);
            open = new Open(next, future);
            loop.own(at -> new Input.Reconfigure(next, at));
        } catch (IllegalArgumentException refused) {
            fail(future, refused.getMessage() + "; nothing was changed");
        }
    }

    private static String whoLeads(@Nullable Leader leader) {
        return leader == null ? "no leader is known; try again later" : "ask node " + leader.pid() + ", which leads";
    }

    void refused(Notice.ReconfigurationRefused refused) {
        Open refusedOne = open;
        open = null;
        if (refusedOne != null) {
            fail(refusedOne.future, refused.reason());
        }
    }

    /** The next configuration, whichever it is, has begun here. */
    void configured(Notice.Configured configured, long nowNanos) {
        Open pending = open;
        if (pending == null) {
            return;
        }
        if (configured.configuration().id() == pending.next.id()
                && configured.configuration().nodes().equals(pending.next.nodes())
                && configured.configuration().quorums().equals(pending.next.quorums())) {
            pending.stopSignIndex = configured.index();
            Duration patience = settings.electionTimeout().multipliedBy(PATIENCE);
            pending.deadlineNanos = nowNanos + patience.toNanos();
        } else {
            open = null;
            fail(pending.future, "another change was decided first: " + configured.configuration());
        }
    }

    /** With each tick: completes what has come into effect. */
    void tick(long nowNanos) {
        Open pending = open;
        ReplicaStatus status = view.status();
        if (pending == null || pending.stopSignIndex == 0 || status == null) {
            return;
        }
        if (status.decidedIndex() > pending.stopSignIndex) {
            open = null;
            answers.execute(() -> pending.future.complete(pending.next));
        } else if (nowNanos > pending.deadlineNanos) {
            open = null;
            fail(
                    pending.future,
                    "configuration " + pending.next.id() + " with nodes " + pending.next.nodes()
                            + " is in force, but its members have decided nothing yet: are "
                            + pending.next.quorums().read() + " of them running?");
        }
    }

    void close(String reason) {
        Open pending = open;
        open = null;
        if (pending != null) {
            fail(pending.future, reason + "; the change may take place or not: look at the configuration");
        }
    }

    private void fail(CompletableFuture<ClusterConfiguration> future, String message) {
        answers.execute(() -> future.completeExceptionally(new ReconfigurationException(message)));
    }
}
