package io.omnipaxos.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The second test finds everything as the first one did, in the same context. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE, classes = ResetTests.Application.class)
@AutoConfigureTestLeadership
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ResetTests {

    private static TestLeadership first;
    private static long firstToken;

    @Autowired
    private TestLeadership leadership;

    @Autowired
    private LeadershipRecorder recorder;

    @Autowired
    private ReplicatedMap<String> map;

    @Test
    @Order(1)
    void leadsAndWrites() {
        recorder.taken();
        firstToken = leadership.elect().fencingToken();
        map.put("written", "by the first test");
        map.remove("at the start");
        first = leadership;
    }

    @Test
    @Order(2)
    void seesNothingOfIt() {
        assertThat(leadership).isSameAs(first);
        assertThat(leadership.leader()).isEmpty();
        assertThat(map.entries().values()).containsOnlyKeys("at the start");
        assertThat(recorder.taken()).contains("revoked " + firstToken, "changed to none");
        assertThat(leadership.elect().fencingToken()).isGreaterThan(firstToken);
    }

    @Nested
    class NestedTests {

        @Autowired
        private TestLeadership ofNested;

        @Test
        void shareTheContextAndAreResetAsWell() {
            assertThat(ofNested).isSameAs(leadership);
            assertThat(leadership.isLeader()).isFalse();
            leadership.elect();
            map.put("nested", "value");
        }

        @Test
        void inWhateverOrderTheyRun() {
            shareTheContextAndAreResetAsWell();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        LeadershipRecorder recorder() {
            return new LeadershipRecorder();
        }

        @Bean
        ReplicatedMap<String> map(ReplicatedMaps maps) {
            return maps.get("map");
        }

        @Bean
        ApplicationRunner seed(List<ReplicatedMap<String>> maps) {
            return arguments -> maps.get(0).put("at the start", "by the application");
        }
    }
}
