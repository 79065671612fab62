package io.omnipaxos.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.node.ClusterReconfiguration;
import io.omnipaxos.spring.node.PeerUrls;
import io.omnipaxos.spring.node.RestartableNode;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.test.json.JsonAssert;
import org.springframework.test.json.JsonCompareMode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

class OmniPaxosEndpointTests {

    private static final String LEADING = """
            {"pid":1,"clusterId":"omnipaxos","role":"LEADER","phase":"ACCEPT","isLeader":true,
             "leader":{"pid":1,"url":"http://node-1:8080",
               "ballot":{"configurationId":1,"n":3,"priority":0,"pid":1}},
             "promise":{"configurationId":1,"n":3,"priority":0,"pid":1},
             "fencingToken":42,"leaseRemaining":"PT0.41S","election":"ballot",
             "configuration":{"id":1,"nodes":[1,2,3],"readQuorumSize":2,"writeQuorumSize":2},
             "withoutVote":null,
             "log":{"acceptedIndex":43,"decidedIndex":42,"compactedIndex":7},
             "peers":[
               {"pid":2,"url":"http://node-2:8080","reachable":true,"lastContact":"PT0.02S","roundTrip":"PT0.001S",
                "happy":true,"leader":{"configurationId":1,"n":3,"priority":0,"pid":1},"error":null},
               {"pid":3,"url":null,"reachable":false,"lastContact":null,"roundTrip":null,
                "happy":null,"leader":null,"error":"connection refused"}],
             "changes":[
               {"at":"2026-01-01T00:00:00Z","leader":null,"ballot":null,"reason":"the lease ended"},
               {"at":"2026-01-01T00:00:01Z","leader":1,
                "ballot":{"configurationId":1,"n":3,"priority":0,"pid":1},"reason":"elected"}],
             "events":[{"at":"2026-01-01T00:00:01Z","kind":"LEADER","reason":"elected"}]}
            """;

    @Test
    void showsTheNodeAndItsPeers() {
        assertJson(JsonMapper.shared(), TestStatus.leading(), LEADING);
    }

    @Test
    void showsTheSameWhateverTheMapperOfTheApplicationDoes() {
        JsonMapper odd = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .changeDefaultPropertyInclusion(inclusion -> inclusion
                        .withValueInclusion(JsonInclude.Include.NON_EMPTY)
                        .withContentInclusion(JsonInclude.Include.NON_EMPTY))
                .enable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .build();

        assertJson(odd, TestStatus.leading(), LEADING);
    }

    @Test
    void showsNullsWhereThereIsNoLeader() {
        assertJson(JsonMapper.shared(), TestStatus.leaderless(java.time.Duration.ofSeconds(1), false), """
                {"pid":1,"clusterId":"omnipaxos","role":"FOLLOWER","phase":"NONE","isLeader":false,
                 "leader":null,"promise":{"configurationId":0,"n":0,"priority":0,"pid":0},
                 "fencingToken":null,"leaseRemaining":null,"election":"ballot",
                 "configuration":{"id":1,"nodes":[1,2,3],"readQuorumSize":2,"writeQuorumSize":2},
                 "withoutVote":null,
                 "log":{"acceptedIndex":0,"decidedIndex":0,"compactedIndex":0},
                 "peers":[
                   {"pid":2,"url":"http://node-2:8080","reachable":false,"lastContact":null,"roundTrip":null,
                    "happy":null,"leader":null,"error":"connection refused"},
                   {"pid":3,"url":null,"reachable":false,"lastContact":null,"roundTrip":null,
                    "happy":null,"leader":null,"error":"connection refused"}],
                 "changes":[],
                 "events":[]}
                """);
    }

    @Test
    void showsNothingBeforeTheStart() {
        assertThat(endpoint(null).describe()).isNull();
    }

    private static void assertJson(JsonMapper mapper, NodeStatus status, String expected) {
        String actual = mapper.writeValueAsString(endpoint(status).describe());
        JsonAssert.comparator(JsonCompareMode.STRICT).assertIsMatch(expected, actual);
    }

    private static OmniPaxosEndpoint endpoint(@Nullable NodeStatus status) {
        Supplier<Optional<NodeStatus>> present = () -> Optional.ofNullable(status);
        PeerUrls peers = pid -> pid == 2 ? URI.create("http://node-2:8080") : null;
        AdvertisedUrls urls = pid -> pid == 1 ? URI.create("http://node-1:8080") : null;
        RestartableNode node = new RestartableNode(() -> {
            throw new AssertionError("nobody starts it");
        });
        return new OmniPaxosEndpoint(
                present, peers, urls, new FakeLeadership(), new ClusterReconfiguration(node, peers), node::snapshot);
    }
}
