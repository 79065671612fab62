package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.nullValue;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.node.SnapshotStatus;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.transport.MessageCounts;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.BDDMockito;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** A whole application, up to its HTTP. */
@SpringBootTest(
        properties = {
            "omnipaxos.pid=1",
            "omnipaxos.peers.2=http://127.0.0.1:8082",
            "omnipaxos.peers.3=http://127.0.0.1:8083",
            "management.endpoints.web.exposure.include=*",
            "management.endpoint.health.show-details=always",
            "spring.jackson.default-property-inclusion=non_null",
            "spring.jackson.property-naming-strategy=SNAKE_CASE"
        })
@AutoConfigureMockMvc
class HttpIntegrationTests {

    @Autowired
    private MockMvc mvc;

    @Autowired
    private OmniPaxosNode node;

    @Autowired
    private FakeLeadership leadership;

    @BeforeEach
    void follow() {
        leadership.follow(2);
        BDDMockito.given(node.status()).willReturn(leaderless());
    }

    @Test
    void showsTheNode() throws Exception {
        mvc.perform(get("/actuator/omnipaxos"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.clusterId").value("omnipaxos"))
                .andExpect(jsonPath("$.isLeader").value(false))
                .andExpect(jsonPath("$.leader").value(nullValue()))
                .andExpect(jsonPath("$.fencingToken").value(nullValue()))
                .andExpect(jsonPath("$.configuration.readQuorumSize").value(2))
                .andExpect(jsonPath("$.peers[0].url").value("http://127.0.0.1:8082"))
                .andExpect(jsonPath("$.peers[0].lastContact").value(nullValue()));
    }

    @Test
    void takesNoActionsUnlessAccessIsUnrestricted() throws Exception {
        mvc.perform(post("/actuator/omnipaxos")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"action\":\"resign\"}"))
                .andExpect(result -> assertThat(result.getResolvedException())
                        .isInstanceOf(HttpRequestMethodNotSupportedException.class));
    }

    @Test
    void isInHealth() throws Exception {
        mvc.perform(get("/actuator/health/omnipaxos"))
                .andExpect(status().isServiceUnavailable())
                .andExpect(jsonPath("$.status").value("OUT_OF_SERVICE"))
                .andExpect(jsonPath("$.details.reason").value("no leader is known for PT5S; 0 of 1 peers answer"));
    }

    @Test
    void staysReadyWithoutALeader() throws Exception {
        mvc.perform(get("/actuator/health/readiness")).andExpect(status().isOk());
    }

    @Test
    void answersWithTheLeaderInSpiteOfACatchAll() throws Exception {
        mvc.perform(get("/work"))
                .andExpect(status().isServiceUnavailable())
                .andExpect(header().exists("Retry-After"))
                .andExpect(content().contentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON))
                .andExpect(jsonPath("$.leader.pid").value(2))
                .andExpect(jsonPath("$.leader.url").value("http://127.0.0.1:8082"));
    }

    @Test
    void worksOnTheLeader() throws Exception {
        leadership.lead(42);

        mvc.perform(get("/work")).andExpect(status().isOk()).andExpect(content().string("42"));
    }

    private static NodeStatus leaderless() {
        return new NodeStatus(
                1,
                "omnipaxos",
                NodeStatus.State.RUNNING,
                null,
                NodeStatus.Role.FOLLOWER,
                NodeStatus.Phase.PREPARE,
                false,
                null,
                new Ballot(1, 1, 0, 2),
                null,
                null,
                Duration.ofSeconds(5),
                true,
                "ballot",
                ClusterConfiguration.majority(1, List.of(1L, 2L, 3L)),
                null,
                0,
                0,
                0,
                SnapshotStatus.NONE,
                MessageCounts.NONE,
                List.of(new NodeStatus.PeerStatus(2, false, null, null, null, null, "connection refused")),
                0,
                List.of(),
                List.of());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({TestNodes.class, Work.class, CatchAll.class})
    static class Application {}

    @RestController
    static class Work {

        private final FakeLeadership leadership;

        Work(FakeLeadership leadership) {
            this.leadership = leadership;
        }

        @GetMapping("/work")
        @LeaderOnly
        long work() {
            return leadership.fencingToken();
        }
    }

    @RestControllerAdvice
    static class CatchAll {

        @ExceptionHandler(Exception.class)
        String any() {
            return "caught";
        }
    }
}
