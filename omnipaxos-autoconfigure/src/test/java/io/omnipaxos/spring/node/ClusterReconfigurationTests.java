package io.omnipaxos.spring.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.node.ReconfigurationException;
import io.omnipaxos.node.ReconfigurationRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Node 1 leads nodes 1, 2 and 3, and knows where all but node 3 are. */
class ClusterReconfigurationTests {

    private final OmniPaxosNode running = mock(OmniPaxosNode.class);
    private final RestartableNode node = new RestartableNode(() -> running);
    private final PeerUrls urls = pid -> pid == 3 || pid > 9 ? null : URI.create("http://node-" + pid + ":8080");
    private final ClusterReconfiguration reconfiguration = new ClusterReconfiguration(node, urls);
    private final CompletableFuture<ClusterConfiguration> result = new CompletableFuture<>();

    @BeforeEach
    void start() {
        NodeStatus status = mock(NodeStatus.class);
        given(status.configuration()).willReturn(ClusterConfiguration.majority(1, List.of(1L, 2L, 3L)));
        given(running.status()).willReturn(status);
        given(running.reconfigure(any())).willReturn(result);
        node.start();
    }

    @Test
    void fillsInTheAddressesThatTheLeaderKnowsItsOwnIncluded() {
        assertThat(reconfiguration.reconfigure(Set.of(1L, 3L, 12L), Map.of(12L, URI.create("http://new:8080"))))
                .isSameAs(result);

        then(running)
                .should()
                .reconfigure(request(Map.of(1L, "http://node-1:8080", 12L, "http://new:8080"), 0, 1L, 3L, 12L));
    }

    @Test
    void takesTheAddressOfTheRequestBeforeItsOwn() {
        reconfiguration.reconfigure(Set.of(1L, 2L), Map.of(2L, URI.create("http://moved:8080")));

        then(running)
                .should()
                .reconfigure(request(Map.of(1L, "http://node-1:8080", 2L, "http://moved:8080"), 0, 1L, 2L));
    }

    @Test
    void keepsWhatElseIsAskedFor() {
        ReconfigurationRequest request =
                new ReconfigurationRequest(new TreeSet<>(Set.of(3L)), new Quorums(1, 1, 1), new TreeMap<>(), 8);

        assertThat(reconfiguration.withKnownAddresses(request)).isEqualTo(request);
    }

    @Test
    void refusesANewNodeThatNobodyCouldReach() {
        assertRefused(
                reconfiguration.reconfigure(Set.of(1L, 2L, 12L), Map.of()),
                "no URL of the new node 12 is known: name it with the request");
    }

    @Test
    void refusesAUrlThatIsNone() {
        assertRefused(
                reconfiguration.reconfigure(Set.of(1L, 2L, 4L), Map.of(4L, URI.create("node-4:8080"))),
                "the URL of node 4, node-4:8080, must be an absolute http or https URL with a host");
    }

    @Test
    void refusesBeforeTheStart() {
        RestartableNode notStarted = new RestartableNode(() -> running);

        CompletableFuture<ClusterConfiguration> answer =
                new ClusterReconfiguration(notStarted, urls).reconfigure(Set.of(1L), Map.of());

        assertRefused(answer, "this node has not started yet");
    }

    private void assertRefused(CompletableFuture<ClusterConfiguration> answer, String words) {
        assertThat(answer)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(ReconfigurationException.class)
                .withMessageStartingWith(words);
        then(running).should(never()).reconfigure(any());
    }

    private static ReconfigurationRequest request(Map<Long, String> addresses, long configurationId, Long... nodes) {
        return new ReconfigurationRequest(
                new TreeSet<>(List.of(nodes)), null, new TreeMap<>(addresses), configurationId);
    }
}
