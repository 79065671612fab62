package io.omnipaxos.node;

import io.omnipaxos.effect.Lease;
import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What applications ask of a node, answered from the lease at the call. */
final class NodeLeadership implements Leadership {

    private final NodeSettings settings;
    private final Host host;
    private final NodeView view;
    private final Admissions admissions;
    private volatile @Nullable Handover handover;

    NodeLeadership(NodeSettings settings, Host host, NodeView view) {
        this.settings = settings;
        this.host = host;
        this.view = view;
        this.admissions = new Admissions(host, this::refusal);
    }

    Admissions admissions() {
        return admissions;
    }

    void startedWith(Handover started) {
        handover = started;
    }

    @Override
    public boolean isLeader() {
        return admissions.usableLease() != null;
    }

    @Override
    public Optional<Leader> leader() {
        Lease own = admissions.usableLease();
        if (own != null) {
            return Optional.of(new Leader(settings.pid(), own.ballot()));
        }
        Leader known = view.leader();
        return known == null || known.pid() == settings.pid() ? Optional.empty() : Optional.of(known);
    }

    @Override
    public long fencingToken() {
        return admissions.boundToken();
    }

    @Override
    public Optional<Duration> leaseRemaining() {
        Lease held = admissions.heldLease();
        return held == null ? Optional.empty() : Optional.of(Duration.ofNanos(held.remainingNanos(host.now())));
    }

    @Override
    public boolean holdsLease(long fencingToken) {
        Lease held = admissions.heldLease();
        return held != null && held.fencingToken() == fencingToken;
    }

    @Override
    public Admission admit() {
        return admissions.admit();
    }

    @Override
    public CompletableFuture<Boolean> resign() {
        return request(0, false);
    }

    @Override
    public CompletableFuture<Boolean> transferTo(long pid) {
        List<Long> members = view.configuration(settings).nodes();
        if (!members.contains(pid)) {
            return CompletableFuture.failedFuture(new IllegalArgumentException(
                    "node " + pid + " is not a member: leadership can be transferred to one of " + members));
        }
        return pid == settings.pid() ? CompletableFuture.completedFuture(false) : request(pid, false);
    }

    CompletableFuture<Boolean> request(long successor, boolean evenIfNobodyFollows) {
        Handover started = handover;
        return started == null || (!isLeader() && !evenIfNobodyFollows)
                ? CompletableFuture.completedFuture(false)
                : started.request(successor, evenIfNobodyFollows);
    }

    private NotLeaderException refusal() {
        Leader known = leader().orElse(null);
        String who = known == null ? "no leader is known" : "node " + known.pid() + " leads";
        return new NotLeaderException("node " + settings.pid() + " does not lead now; " + who, known);
    }
}
