package io.omnipaxos.spring.actuate;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.node.NodeStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Up while a leader is heard, whether or not it is this node; unknown before the first election and while a leader is
 * missed for a short time, then out of service, as a node is that is no member; down once the node had to stop itself.
 */
public final class OmniPaxosHealthIndicator extends AbstractHealthIndicator {

    private static final String REASON = "reason";

    private final Supplier<Optional<NodeStatus>> status;
    private final Supplier<Optional<String>> joining;
    private final Supplier<Optional<String>> notStarted;
    private final Duration leaderlessAfter;

    /**
     * Makes the indicator.
     *
     * @param status of the node, empty before its first start
     * @param joining what a node does that a running cluster is to take in, empty if it is none
     * @param notStarted why such a node could not be started, empty if it could or was not tried
     * @param leaderlessAfter time without a leader after which the node is out of service
     */
    public OmniPaxosHealthIndicator(
            Supplier<Optional<NodeStatus>> status,
            Supplier<Optional<String>> joining,
            Supplier<Optional<String>> notStarted,
            Duration leaderlessAfter) {
        super("The health check of the node failed");
        this.status = status;
        this.joining = joining;
        this.notStarted = notStarted;
        this.leaderlessAfter = leaderlessAfter;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        status.get().ifPresentOrElse(present -> describe(builder, present), () -> describeBeforeTheStart(builder));
    }

    private void describeBeforeTheStart(Health.Builder builder) {
        Optional<String> failure = notStarted.get();
        if (failure.isPresent()) {
            builder.down().withDetail(REASON, failure.get());
            return;
        }
        joining.get()
                .ifPresentOrElse(
                        doing -> builder.outOfService().withDetail(REASON, "joins the cluster: " + doing),
                        () -> builder.unknown().withDetail(REASON, "the node has not started yet"));
    }

    private void describe(Health.Builder builder, NodeStatus node) {
        builder.withDetail("pid", node.pid());
        switch (node.state()) {
            case NEW -> builder.unknown().withDetail(REASON, "the node has not started yet");
            case RUNNING -> describeRunning(builder, node);
            case STOPPED -> builder.outOfService().withDetail(REASON, "the node is stopped");
            case FAILED -> builder.down().withDetail(REASON, String.valueOf(node.failure()));
        }
    }

    private void describeRunning(Health.Builder builder, NodeStatus node) {
        ClusterConfiguration configuration = node.configuration();
        if (configuration.contains(node.pid())) {
            if (node.withoutVote() != null) {
                builder.withDetail("withoutVote", node.withoutVote());
            }
            describeLeader(builder, node);
            return;
        }
        String reason = joining.get()
                .map(doing -> "joins the cluster: " + doing + "; it is no member of configuration " + configuration.id()
                        + " of the nodes " + configuration.nodes() + " yet")
                .orElseGet(() -> "was removed by configuration " + configuration.id() + ", which has the nodes "
                        + configuration.nodes());
        builder.outOfService().withDetail(REASON, reason);
    }

    private void describeLeader(Health.Builder builder, NodeStatus node) {
        Leader leader = node.leader();
        if (leader != null) {
            String reason = leader.pid() == node.pid() ? "this node leads" : "node " + leader.pid() + " leads";
            builder.up().withDetail("leader", leader.pid()).withDetail(REASON, reason);
            return;
        }
        Duration leaderless = Optional.ofNullable(node.leaderless()).orElse(Duration.ZERO);
        String since = "for " + NodeDescription.text(leaderless);
        if (leaderless.compareTo(leaderlessAfter) >= 0) {
            builder.outOfService().withDetail(REASON, "no leader is known " + since + "; " + reachable(node));
        } else {
            String before = node.everLed() ? "no leader is known " : "the first election is not over ";
            builder.unknown().withDetail(REASON, before + since);
        }
    }

    private static String reachable(NodeStatus node) {
        long reachable =
                node.peers().stream().filter(NodeStatus.PeerStatus::reachable).count();
        return reachable + " of " + node.peers().size() + " peers answer";
    }
}
