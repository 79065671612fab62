package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.never;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.node.ReconfigurationException;
import io.omnipaxos.node.ReconfigurationRequest;
import io.omnipaxos.node.SnapshotStatus;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.node.ClusterReconfiguration;
import io.omnipaxos.spring.node.PeerUrls;
import io.omnipaxos.transport.MessageCounts;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;

/** An operator at node 1, whose properties know nodes 1 and 2, in configuration 5 of the nodes 1, 2 and 3. */
@SpringBootTest(
        properties = {
            "omnipaxos.pid=1",
            "omnipaxos.peers.1=http://127.0.0.1:8081",
            "omnipaxos.peers.2=http://127.0.0.1:8082",
            "management.endpoints.web.exposure.include=*",
            "management.endpoint.omnipaxos.access=unrestricted",
            "spring.jackson.default-property-inclusion=non_null",
            "spring.jackson.property-naming-strategy=SNAKE_CASE"
        })
@AutoConfigureMockMvc
class ActionIntegrationTests {

    private static final ClusterConfiguration PRESENT = new ClusterConfiguration(
            5,
            List.of(1L, 2L, 3L),
            Quorums.majority(3),
            new TreeMap<>(Map.of(2L, "http://elsewhere:8082", 3L, "http://node-3:8083")));

    @Autowired
    private MockMvc mvc;

    @Autowired
    private OmniPaxosNode node;

    @Autowired
    private FakeLeadership leadership;

    @Autowired
    private PeerUrls peerUrls;

    @Autowired
    private AdvertisedUrls advertisedUrls;

    @Autowired
    private ClusterReconfiguration reconfiguration;

    @BeforeEach
    void lead() {
        leadership.lead(42).handsOver(CompletableFuture.completedFuture(true));
        clearInvocations(node);
        given(node.status()).willReturn(present());
        given(node.reconfigure(any()))
                .willReturn(CompletableFuture.completedFuture(ClusterConfiguration.majority(6, List.of(1L, 2L, 4L))));
    }

    @Test
    void resigns() throws Exception {
        act("""
                {"action":"resign"}""").andExpect(status().isOk()).andExpect(content().json("""
                        {"action":"resign","outcome":"DONE","message":"node 1 leads no more","leader":null,
                         "configuration":null,"snapshotIndex":null}""", JsonCompareMode.STRICT));
    }

    @ParameterizedTest
    @CsvSource({"2", "'\"2\"'"})
    void transfersLeadershipToANumberHoweverItIsWritten(String to) throws Exception {
        act("{\"action\":\"transfer\",\"to\":" + to + "}")
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.message").value("node 1 leads no more, and node 2 was asked to take over"));
    }

    @Test
    void reconfiguresWithTheAddressesThatThisNodeKnows() throws Exception {
        act("""
                {"action":"reconfigure","nodes":"1, 2,4","urls":"4=http://node-4:8084/app","configurationId":5,
                 "readQuorumSize":3,"writeQuorumSize":"2"}""")
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.outcome").value("DONE"))
                .andExpect(jsonPath("$.message").value("configuration 6 of the nodes [1, 2, 4] is in force"))
                .andExpect(jsonPath("$.configuration.id").value(6))
                .andExpect(jsonPath("$.configuration.nodes[2]").value(4))
                .andExpect(jsonPath("$.configuration.readQuorumSize").value(2));

        then(node)
                .should()
                .reconfigure(new ReconfigurationRequest(
                        new TreeSet<>(List.of(1L, 2L, 4L)),
                        new Quorums(3, 3, 2),
                        new TreeMap<>(Map.of(
                                1L,
                                "http://127.0.0.1:8081",
                                2L,
                                "http://127.0.0.1:8082",
                                4L,
                                "http://node-4:8084/app")),
                        5));
    }

    @Test
    void takesMajoritiesAndWhateverConfigurationIsInForceByDefault() throws Exception {
        act("""
                {"action":"reconfigure","nodes":"1 3"}""").andExpect(status().isOk());

        then(node)
                .should()
                .reconfigure(argThat(request -> request.quorums() == null
                        && request.configurationId() == 0
                        && request.addresses().equals(Map.of(1L, "http://127.0.0.1:8081", 3L, "http://node-3:8083"))));
    }

    @Test
    void isUsableByTheApplicationItself() {
        assertThat(reconfiguration.reconfigure(Set.of(1L, 2L), Map.of()))
                .isCompletedWithValueMatching(next -> next.id() == 6);
    }

    @Test
    void saysWhatTheNodeSaysWhenItRefuses() throws Exception {
        given(node.reconfigure(any()))
                .willReturn(CompletableFuture.failedFuture(
                        new ReconfigurationException("configuration 6 is under way; nothing changed")));

        act("""
                {"action":"reconfigure","nodes":"1,2"}""")
                .andExpect(status().isConflict())
                .andExpect(jsonPath("$.outcome").value("FAILED"))
                .andExpect(jsonPath("$.message").value("configuration 6 is under way; nothing changed"));
    }

    @Test
    void sendsTheOperatorToTheLeader() throws Exception {
        leadership.follow(3);

        for (String action : List.of(
                "{\"action\":\"resign\"}",
                "{\"action\":\"transfer\",\"to\":2}",
                "{\"action\":\"reconfigure\",\"nodes\":\"1,2\"}")) {
            act(action)
                    .andExpect(status().isConflict())
                    .andExpect(jsonPath("$.outcome").value("REFUSED"))
                    .andExpect(jsonPath("$.leader.pid").value(3))
                    .andExpect(jsonPath("$.leader.url").value("http://node-3:8083"))
                    .andExpect(jsonPath("$.message")
                            .value("node 1 does not lead; ask node 3 at http://node-3:8083, which does"));
        }
        then(node).should(never()).reconfigure(any());
    }

    @Test
    void storesASnapshot() throws Exception {
        leadership.follow(3);
        given(node.snapshot()).willReturn(CompletableFuture.completedFuture(17L));

        act("""
                {"action":"snapshot"}""")
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.outcome").value("DONE"))
                .andExpect(jsonPath("$.snapshotIndex").value(17));
    }

    @Test
    void saysThatNobodyIsKnownToLead() throws Exception {
        leadership.withoutLeader();

        act("""
                {"action":"resign"}""")
                .andExpect(status().isServiceUnavailable())
                .andExpect(jsonPath("$.leader").value(nullValue()))
                .andExpect(jsonPath("$.message", startsWith("node 1 does not lead, and no leader is known")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {}                                                       | action is missing: write {"action":"resign"}
            {"action":"explode"}                                     | there is no such action: write
            {"action":"transfer"}                                    | to is missing: write the pid
            {"action":"transfer","to":"two"}                         | to has 'two', no positive number
            {"action":"transfer","to":-2}                            | to has '-2', no positive number
            {"action":"reconfigure"}                                 | nodes is missing: write the pids
            {"action":"reconfigure","nodes":" , "}                   | nodes is missing: write the pids
            {"action":"reconfigure","nodes":"1,x"}                   | nodes has 'x', no positive number
            {"action":"reconfigure","nodes":"1,2,1"}                 | nodes names node 1 twice
            {"action":"reconfigure","nodes":"1,2","urls":"2"}        | urls has '2': write base URLs by pid
            {"action":"reconfigure","nodes":"1,2","urls":"x=http://a"} | urls has 'x', no positive number
            {"action":"reconfigure","nodes":"1,2","urls":"2=node-2"} | the URL of node 2, 'node-2', must be an absolute
            {"action":"reconfigure","nodes":"1,2","urls":"2=http://a:99999"} | the URL of node 2, 'http://a:99999', must have a port
            {"action":"reconfigure","nodes":"1,2","urls":"3=http://a"} | urls names node 3, which is not among the nodes
            {"action":"reconfigure","nodes":"1,2,3","readQuorumSize":4} | read quorum 4 and write quorum 2 do not fit 3
            {"action":"reconfigure","nodes":"1,2,3","writeQuorumSize":"all"} | writeQuorumSize is 'all': write a number
            {"action":"reconfigure","nodes":"1,2,3","configurationId":0} | configurationId has '0', no positive number
            """)
    void saysWhatToWriteInstead(String request, String message) throws Exception {
        act(request)
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.outcome").value("REFUSED"))
                .andExpect(jsonPath("$.message", startsWith(message)));
        then(node).should(never()).reconfigure(any());
    }

    /** The answer is about as long as any other, however long the request was, and fit for a terminal. */
    @Test
    void repeatsNoMoreOfAnUnknownActionThanAPersonReads() throws Exception {
        act("{\"action\":\"\\u001b[31m" + "x".repeat(100_000) + "\"}")
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.action").value(" [31m" + "x".repeat(55)));
    }

    @Test
    void refusesANewNodeThatNobodyCouldReach() throws Exception {
        act("""
                {"action":"reconfigure","nodes":"1,2,4"}""")
                .andExpect(status().isConflict())
                .andExpect(jsonPath("$.message", containsString("no URL of the new node 4 is known")));
    }

    @Test
    void refusesToTransferLeadershipToItself() throws Exception {
        act("""
                {"action":"transfer","to":1}""")
                .andExpect(status().isConflict())
                .andExpect(jsonPath("$.message", startsWith("node 1 is this node, which leads already")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            no json
            []
            {"action":{"of":"another kind"}}
            """)
    void refusesWhatIsNoFlatJsonWithoutAStackTrace(String body) throws Exception {
        String answer = act(body)
                .andExpect(status().isBadRequest())
                .andReturn()
                .getResponse()
                .getContentAsString();

        assertThat(answer).doesNotContain("\tat ").doesNotContain("Exception");
    }

    @Test
    void showsThePresentConfigurationAndWhereItsNodesAre() throws Exception {
        mvc.perform(get("/actuator/omnipaxos"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.configuration.id").value(5))
                .andExpect(jsonPath("$.log.compactedIndex").value(10))
                .andExpect(jsonPath("$.peers[0].url").value("http://127.0.0.1:8082"))
                .andExpect(jsonPath("$.peers[1].url").value("http://node-3:8083"));
        assertThat(peerUrls.of(1)).isEqualTo(URI.create("http://127.0.0.1:8081"));
        assertThat(peerUrls.of(9)).isNull();
        assertThat(advertisedUrls.of(3)).isEqualTo(URI.create("http://node-3:8083"));
    }

    private ResultActions act(String body) throws Exception {
        return mvc.perform(post("/actuator/omnipaxos")
                .contentType(MediaType.APPLICATION_JSON)
                .content(body));
    }

    private static NodeStatus present() {
        Ballot ballot = new Ballot(5, 1, 0, 1);
        return new NodeStatus(
                1,
                "omnipaxos",
                NodeStatus.State.RUNNING,
                null,
                NodeStatus.Role.FOLLOWER,
                NodeStatus.Phase.ACCEPT,
                false,
                null,
                ballot,
                null,
                null,
                null,
                true,
                "ballot",
                PRESENT,
                null,
                20,
                20,
                10,
                SnapshotStatus.NONE,
                MessageCounts.NONE,
                List.of(peer(2), peer(3)),
                0,
                List.of(),
                List.of());
    }

    private static NodeStatus.PeerStatus peer(long pid) {
        return new NodeStatus.PeerStatus(pid, true, null, null, null, null, null);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(TestNodes.class)
    static class Application {}
}
