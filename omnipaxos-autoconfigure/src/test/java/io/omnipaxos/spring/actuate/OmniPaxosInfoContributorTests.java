package io.omnipaxos.spring.actuate;

import io.omnipaxos.node.NodeStatus;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.info.Info;
import org.springframework.test.json.JsonAssert;
import org.springframework.test.json.JsonCompareMode;
import tools.jackson.databind.json.JsonMapper;

class OmniPaxosInfoContributorTests {

    @Test
    void saysWhichNodeThisIsAndWhoLeads() {
        assertInfo(TestStatus.leading(), """
                {"omnipaxos":{"pid":1,"clusterId":"omnipaxos","isLeader":true,"leader":1,
                 "configuration":{"id":1,"nodes":[1,2,3],"readQuorumSize":2,"writeQuorumSize":2}}}
                """);
    }

    @Test
    void saysThatNobodyLeads() {
        assertInfo(TestStatus.leaderless(Duration.ofSeconds(1), true), """
                {"omnipaxos":{"pid":1,"clusterId":"omnipaxos","isLeader":false,"leader":null,
                 "configuration":{"id":1,"nodes":[1,2,3],"readQuorumSize":2,"writeQuorumSize":2}}}
                """);
    }

    @Test
    void saysNothingBeforeTheStart() {
        assertInfo(null, "{}");
    }

    private static void assertInfo(@Nullable NodeStatus status, String expected) {
        Info.Builder builder = new Info.Builder();
        new OmniPaxosInfoContributor(() -> Optional.ofNullable(status)).contribute(builder);
        String actual = JsonMapper.shared().writeValueAsString(builder.build().getDetails());
        JsonAssert.comparator(JsonCompareMode.STRICT).assertIsMatch(expected, actual);
    }
}
