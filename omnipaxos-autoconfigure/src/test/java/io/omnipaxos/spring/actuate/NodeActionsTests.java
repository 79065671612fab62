package io.omnipaxos.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.node.ReconfigurationException;
import io.omnipaxos.node.SnapshotException;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.node.ClusterReconfiguration;
import io.omnipaxos.spring.node.NodeStart;
import io.omnipaxos.spring.node.RestartableNode;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Actions that take longer than a request may, or end in a way of their own. */
class NodeActionsTests {

    private static final ActionParameters NONE = new ActionParameters(null, null, null, null, null, null);
    private static final ActionParameters TO_2 = new ActionParameters("2", null, null, null, null, null);
    private static final ActionParameters ONE_AND_2 = new ActionParameters(null, "1,2", null, null, null, null);

    private final FakeLeadership leadership = new FakeLeadership().lead(42);
    private final OmniPaxosNode running = mock(OmniPaxosNode.class);
    private final CompletableFuture<ClusterConfiguration> reconfigured = new CompletableFuture<>();

    @Test
    void sayThatTheyGoOnWhenTheyTakeLongerThanTheRequest() {
        leadership.handsOver(new CompletableFuture<>());

        assertThat(act("resign", NONE).getStatus()).isEqualTo(202);
        assertThat(act("transfer", TO_2).getStatus()).isEqualTo(202);
        WebEndpointResponse<ActionDescription> reconfiguring = act("reconfigure", ONE_AND_2);
        assertThat(reconfiguring.getStatus()).isEqualTo(202);
        assertThat(reconfiguring.getBody())
                .isEqualTo(ActionDescription.continues(
                        "reconfigure",
                        "it goes on: new members are brought up to date first; GET shows the configuration in force"));
        assertThat(reconfigured).isNotDone();
    }

    @Test
    void sayThatNobodyTookOver() {
        leadership.handsOver(CompletableFuture.completedFuture(false));

        assertRefused(act("resign", NONE), 409, "leadership was not handed over");
        assertRefused(act("transfer", TO_2), 409, "leadership was not handed over");
    }

    @Test
    void sayWhyTheyFailed() {
        leadership.handsOver(CompletableFuture.failedFuture(new IllegalArgumentException("node 2 is not a member")));
        reconfigured.completeExceptionally(new ReconfigurationException("node 2 is not up to date; nothing changed"));

        assertRefused(act("transfer", TO_2), 409, "node 2 is not a member");
        assertRefused(act("reconfigure", ONE_AND_2), 409, "node 2 is not up to date; nothing changed");
    }

    @Test
    void storeASnapshotOnAnyNode() {
        leadership.follow(2);
        given(running.snapshot()).willReturn(CompletableFuture.completedFuture(42L));

        assertThat(act("snapshot", NONE).getBody())
                .isEqualTo(ActionDescription.done(
                        "snapshot", "a snapshot of everything up to index 42 is stored on this node", 42L));
    }

    @Test
    void sayThatThereWasNothingToStoreASnapshotOf() {
        given(running.snapshot()).willReturn(CompletableFuture.completedFuture(0L));

        WebEndpointResponse<ActionDescription> response = act("snapshot", NONE);

        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getBody().message()).startsWith("nothing was applied on this node yet");
    }

    @Test
    void sayWhyNoSnapshotWasStored() {
        given(running.snapshot()).willReturn(CompletableFuture.failedFuture(new SnapshotException("the disk is full")));

        assertRefused(act("snapshot", NONE), 503, "the disk is full");
    }

    @Test
    void sayWhereToLookAfterAFaultOfTheNodeItself() {
        leadership.handsOver(CompletableFuture.failedFuture(new IllegalStateException("broken")));

        assertRefused(act("resign", NONE), 503, "it failed, see the log of this node: broken");
    }

    @Test
    void areRefusedBeforeTheStart() {
        NodeActions beforeTheStart = new NodeActions(
                Optional::empty,
                leadership,
                new ClusterReconfiguration(new RestartableNode(() -> running), pid -> null),
                running::snapshot,
                pid -> null,
                Duration.ZERO);

        assertRefused(beforeTheStart.act("resign", NONE), 503, "this node has not started yet");
        assertRefused(beforeTheStart.act("snapshot", NONE), 503, "this node has not started yet");
    }

    private static void assertRefused(WebEndpointResponse<ActionDescription> response, int status, String message) {
        assertThat(response.getStatus()).isEqualTo(status);
        assertThat(response.getBody().message()).startsWith(message);
        assertThat(response.getBody().outcome()).isIn("REFUSED", "FAILED");
    }

    private WebEndpointResponse<ActionDescription> act(String action, ActionParameters parameters) {
        given(running.status()).willReturn(TestStatus.leading());
        given(running.reconfigure(any())).willReturn(reconfigured);
        RestartableNode node = new RestartableNode(() -> running);
        new NodeStart(node).start();
        return new NodeActions(
                        node::status,
                        leadership,
                        new ClusterReconfiguration(node, pid -> URI.create("http://node-" + pid)),
                        node::snapshot,
                        pid -> null,
                        Duration.ofMillis(1))
                .act(action, parameters);
    }
}
