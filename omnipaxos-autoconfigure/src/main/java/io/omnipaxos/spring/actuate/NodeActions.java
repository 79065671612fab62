package io.omnipaxos.spring.actuate;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.ReconfigurationException;
import io.omnipaxos.node.SnapshotException;
import io.omnipaxos.spring.actuate.NodeDescription.ConfigurationDescription;
import io.omnipaxos.spring.actuate.NodeDescription.LeaderDescription;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.node.ClusterReconfiguration;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** What an operator may ask of a node. Whatever happens is told in words, with a status that fits. */
final class NodeActions {

    private static final Logger LOG = LoggerFactory.getLogger(NodeActions.class);

    private final Supplier<Optional<NodeStatus>> status;
    private final Leadership leadership;
    private final ClusterReconfiguration reconfiguration;
    private final Supplier<CompletableFuture<Long>> snapshots;
    private final AdvertisedUrls urls;
    private final Duration patience;

    /**
     * Does nothing yet.
     *
     * @param snapshots stores a snapshot of the node's state
     * @param patience how long a request waits for its action; the action itself is not ended then
     */
    NodeActions(
            Supplier<Optional<NodeStatus>> status,
            Leadership leadership,
            ClusterReconfiguration reconfiguration,
            Supplier<CompletableFuture<Long>> snapshots,
            AdvertisedUrls urls,
            Duration patience) {
        this.status = status;
        this.leadership = leadership;
        this.reconfiguration = reconfiguration;
        this.snapshots = snapshots;
        this.urls = urls;
        this.patience = patience;
    }

    /** An action that has begun. */
    private record Begun(CompletableFuture<ActionDescription> result, String goesOn) {}

    WebEndpointResponse<ActionDescription> act(@Nullable String action, ActionParameters parameters) {
        try {
            Begun begun = begin(action, parameters);
            return finish(String.valueOf(action), begun);
        } catch (ActionRefusedException refused) {
            String asked = action == null ? null : ActionParameters.shortened(action);
            return response(refused.status(), ActionDescription.refused(asked, words(refused), refused.leader()));
        }
    }

    private Begun begin(@Nullable String action, ActionParameters parameters) throws ActionRefusedException {
        return switch (action == null ? "" : action) {
            case "resign" -> resign();
            case "transfer" -> transfer(parameters.successor());
            case "reconfigure" -> reconfigure(parameters);
            case "snapshot" -> snapshot();
            case "" -> throw new ActionRefusedException(400, "action is missing: " + choice());
            default -> throw new ActionRefusedException(400, "there is no such action: " + choice());
        };
    }

    private static String choice() {
        return "write {\"action\":\"resign\"}, {\"action\":\"transfer\",\"to\":2},"
                + " {\"action\":\"reconfigure\",\"nodes\":\"1,2,4\",\"urls\":\"4=http://10.0.0.4:8080\"} or"
                + " {\"action\":\"snapshot\"}";
    }

    private Begun resign() throws ActionRefusedException {
        NodeStatus node = requireLeader();
        return new Begun(
                leadership
                        .resign()
                        .thenApply(givenUp -> handedOver("resign", givenUp, "node " + node.pid() + " leads no more")),
                "running work ends first, then leadership is given up");
    }

    private Begun transfer(long successor) throws ActionRefusedException {
        NodeStatus node = requireLeader();
        if (successor == node.pid()) {
            throw new ActionRefusedException(
                    409, "node " + successor + " is this node, which leads already; name another one");
        }
        return new Begun(
                leadership
                        .transferTo(successor)
                        .thenApply(givenUp -> handedOver(
                                "transfer",
                                givenUp,
                                "node " + node.pid() + " leads no more, and node " + successor
                                        + " was asked to take over")),
                "running work ends first, then node " + successor + " is asked to take over");
    }

    private static ActionDescription handedOver(String action, boolean givenUp, String done) {
        return givenUp
                ? ActionDescription.done(action, done)
                : ActionDescription.refused(
                        action,
                        "leadership was not handed over: this node had lost it meanwhile, or nobody could take over;"
                                + " see its log",
                        null);
    }

    private Begun reconfigure(ActionParameters parameters) throws ActionRefusedException {
        var request = parameters.reconfiguration();
        requireLeader();
        return new Begun(
                reconfiguration.reconfigure(request).thenApply(NodeActions::reconfigured),
                "new members are brought up to date first; GET shows the configuration in force");
    }

    private static ActionDescription reconfigured(ClusterConfiguration next) {
        return ActionDescription.done(
                "reconfigure",
                "configuration " + next.id() + " of the nodes " + next.nodes() + " is in force",
                ConfigurationDescription.of(next));
    }

    /** Each node has its own. */
    private Begun snapshot() throws ActionRefusedException {
        requireStarted();
        return new Begun(
                snapshots.get().thenApply(NodeActions::stored),
                "the snapshot is being written; GET shows what it lets this node compact");
    }

    private static ActionDescription stored(long index) {
        String message = index == 0
                ? "nothing was applied on this node yet, so there was nothing to store"
                : "a snapshot of everything up to index " + index + " is stored on this node";
        return ActionDescription.done("snapshot", message, index);
    }

    private NodeStatus requireStarted() throws ActionRefusedException {
        return status.get()
                .orElseThrow(() -> new ActionRefusedException(503, "this node has not started yet; try again later"));
    }

    private NodeStatus requireLeader() throws ActionRefusedException {
        NodeStatus node = requireStarted();
        if (leadership.isLeader()) {
            return node;
        }
        Leader leader = leadership.leader().orElse(null);
        if (leader == null) {
            throw new ActionRefusedException(
                    503, "node " + node.pid() + " does not lead, and no leader is known; try again later");
        }
        LeaderDescription described = LeaderDescription.of(leader, urls);
        String at = described == null || described.url() == null ? "" : " at " + described.url();
        throw new ActionRefusedException(
                409,
                "node " + node.pid() + " does not lead; ask node " + leader.pid() + at + ", which does",
                described);
    }

    private WebEndpointResponse<ActionDescription> finish(String action, Begun begun) {
        try {
            ActionDescription description = begun.result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return response(description.outcome().equals("DONE") ? 200 : 409, description);
        } catch (TimeoutException takesLonger) {
            return response(202, ActionDescription.continues(action, "it goes on: " + begun.goesOn));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return response(202, ActionDescription.continues(action, "it goes on, but this node is being stopped"));
        } catch (ExecutionException failed) {
            return failed(action, failed.getCause() == null ? failed : failed.getCause());
        }
    }

    private static WebEndpointResponse<ActionDescription> failed(String action, Throwable cause) {
        if (cause instanceof ReconfigurationException || cause instanceof IllegalArgumentException) {
            return response(409, ActionDescription.failed(action, words(cause)));
        }
        if (cause instanceof SnapshotException) {
            return response(503, ActionDescription.failed(action, words(cause)));
        }
        LOG.error("The action {} failed", action, cause);
        return response(503, ActionDescription.failed(action, "it failed, see the log of this node: " + words(cause)));
    }

    private static String words(Throwable cause) {
        return String.valueOf(cause.getMessage());
    }

    private static WebEndpointResponse<ActionDescription> response(int status, ActionDescription description) {
        return new WebEndpointResponse<>(description, status);
    }
}
