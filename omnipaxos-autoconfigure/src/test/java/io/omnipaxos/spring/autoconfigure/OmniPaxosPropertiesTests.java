package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.state.MapLimits;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.assertj.ApplicationContextAssertProvider;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.support.SpringFactoriesLoader;

class OmniPaxosPropertiesTests {

    private final ApplicationContextRunner contextRunner =
            new ApplicationContextRunner().withUserConfiguration(PropertiesConfiguration.class);

    private final ApplicationContextRunner threeNodes = contextRunner.withPropertyValues(
            "omnipaxos.pid=1", "omnipaxos.peers.2=http://127.0.0.1:8082", "omnipaxos.peers.3=http://127.0.0.1:8083");

    @Test
    void areAClusterOfOneWithoutPidAndPeers() {
        contextRunner.run(context -> {
            NodeSettings node = settings(context);
            assertThat(node.pid()).isEqualTo(1);
            assertThat(node.configuration().nodes()).containsExactly(1L);
            assertThat(node.clusterId()).isEqualTo("omnipaxos");
            assertThat(node.tickInterval()).isEqualTo(Duration.ofMillis(50));
            assertThat(node.electionTicks()).isEqualTo(10);
            assertThat(node.resendTicks()).isEqualTo(5);
            assertThat(node.maxClockDrift()).isEqualTo(0.01);
            assertThat(node.drainTimeout()).isEqualTo(Duration.ofSeconds(10));
            assertThat(node.revokeTimeout()).isEqualTo(Duration.ofSeconds(10));
            assertThat(node.maxMessageBytes()).isEqualTo(1 << 20);
            assertThat(node.snapshotEntries()).isEqualTo(100_000);
            assertThat(node.snapshotBytes()).isEqualTo(64 << 20);
        });
    }

    @Test
    void deriveDefaultsFromOtherProperties() {
        threeNodes
                .withPropertyValues("omnipaxos.tick-interval=20ms", "omnipaxos.cluster-id=billing")
                .run(context -> {
                    DerivedSettings derived = context.getBean(DerivedSettings.class);
                    assertThat(derived.leaseDuration()).isEqualTo(Duration.ofMillis(200));
                    assertThat(derived.leaderlessAfter()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(derived.storageDirectory()).isEqualTo(Path.of("omnipaxos", "billing", "1"));
                    assertThat(settings(context).configuration().quorums().read())
                            .isEqualTo(2);
                    assertThat(settings(context).configuration().quorums().write())
                            .isEqualTo(2);
                });
    }

    @Test
    void deriveTheLargestValueOfAMapFromTheLargestMessage() {
        contextRunner
                .withPropertyValues("omnipaxos.transport.max-message-size=8MB", "omnipaxos.map.max-entries=7")
                .run(context -> assertThat(
                                context.getBean(DerivedSettings.class).mapLimits())
                        .isEqualTo(new MapLimits(512, 1 << 20, 7, 64 << 20)));
        contextRunner
                .withPropertyValues("omnipaxos.map.max-value-size=1KB")
                .run(context -> assertThat(
                                context.getBean(DerivedSettings.class).mapLimits())
                        .isEqualTo(new MapLimits(512, 1024, 100_000, 64 << 20)));
    }

    @Test
    void sayAfterHowMuchASnapshotIsTaken() {
        contextRunner
                .withPropertyValues(
                        "omnipaxos.storage.snapshot-after-entries=500", "omnipaxos.storage.snapshot-after-size=2MB")
                .run(context -> {
                    NodeSettings node = settings(context);
                    assertThat(node.snapshotEntries()).isEqualTo(500);
                    assertThat(node.snapshotBytes()).isEqualTo(2 << 20);
                });
    }

    @Test
    void bindInSnakeCase() {
        contextRunner
                .withPropertyValues(
                        "omnipaxos.election_tick_timeout=20",
                        "omnipaxos.resend_message_tick_timeout=7",
                        "omnipaxos.leader_priority=3",
                        "omnipaxos.configuration_id=4",
                        "omnipaxos.flexible_quorum.read_quorum_size=1")
                .run(context -> {
                    NodeSettings node = settings(context);
                    assertThat(node.electionTicks()).isEqualTo(20);
                    assertThat(node.resendTicks()).isEqualTo(7);
                    assertThat(node.priority()).isEqualTo(3);
                    assertThat(node.configuration().id()).isEqualTo(4);
                });
    }

    @Test
    void bindFromTheEnvironment() {
        environment(Map.of(
                        "OMNIPAXOS_PID", "2",
                        "OMNIPAXOS_PEERS_1", "http://127.0.0.1:8081",
                        "OMNIPAXOS_ELECTION_TICK_TIMEOUT", "20"))
                .run(context -> {
                    assertThat(settings(context).configuration().nodes()).containsExactly(1L, 2L);
                    assertThat(settings(context).electionTicks()).isEqualTo(20);
                });
    }

    @Test
    void ignoreTheEntryOfThisNode() {
        threeNodes.withPropertyValues("omnipaxos.peers.1=http://10.0.0.1:8081").run(context -> {
            assertThat(settings(context).configuration().nodes()).containsExactly(1L, 2L, 3L);
            assertThat(context.getBean(DerivedSettings.class).peers()).containsOnlyKeys(2L, 3L);
        });
    }

    @Test
    void passOverVariablesThatKubernetesSetsForAServiceOfThatName() {
        environment(Map.of(
                        "OMNIPAXOS_PEERS_PORT", "tcp://10.0.0.1:80",
                        "OMNIPAXOS_PEERS_PORT_80_TCP_ADDR", "10.0.0.1",
                        "OMNIPAXOS_PEERS_SERVICE_HOST", "10.0.0.1",
                        "OMNIPAXOS_PID", "2",
                        "OMNIPAXOS_PEERS_1", "http://127.0.0.1:8081"))
                .run(context -> assertThat(
                                context.getBean(OmniPaxosProperties.class).peers())
                        .containsOnlyKeys("1"));
    }

    @Test
    void refuseUnknownNames() {
        contextRunner
                .withPropertyValues("omnipaxos.election-tick-timeot=20")
                .run(context -> assertThat(analysis(context).getDescription()).contains("election-tick-timeot"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1%", "0.01", " 1 % "})
    void acceptDriftAsFractionOrPercentage(String drift) {
        contextRunner
                .withPropertyValues("omnipaxos.lease.max-clock-drift=" + drift)
                .run(context -> assertThat(settings(context).maxClockDrift()).isEqualTo(0.01));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pid=0                                     | pid                         | write 1 or more
            peers.x=http://127.0.0.1:1                | peers[x]                    | named by the pid of the peer
            peers.0=http://127.0.0.1:1                | peers[0]                    | named by the pid of the peer
            peers.2=node-2:8080                       | peers[2]                    | absolute http or https URL
            peers.2=ftp://127.0.0.1                   | peers[2]                    | absolute http or https URL
            peers.2=http://u:p@127.0.0.1              | peers[2]                    | without user, query or fragment
            peers.2=http://127.0.0.1/?a=b             | peers[2]                    | without user, query or fragment
            peers.2=http://127.0.0.1:99999            | peers[2]                    | must have a port from 1 to 65535
            peers.2=http://127.0.0.1:0                | peers[2]                    | must have a port from 1 to 65535
            peers.2=http://10.0.0.2 :80               | peers[2]                    | is not a URL
            peers.2=http://10.0.0.2:8080              | transport.sharedSecret      | the peer at http://10.0.0.2:8080
            peers.2=http://no-such-host.invalid       | transport.sharedSecret      | is not on the loopback interface
            transport.shared-secret=                  | transport.sharedSecret      | is empty
            transport.shared-secret-previous=         | transport.sharedSecretPrevious | is empty
            transport.shared-secret-previous=a        | transport                   | without shared-secret
            transport.ssl-bundle=                     | transport.sslBundle         | is empty
            transport.ssl-bundle=peers                | transport.sslBundle         | http://127.0.0.1:8082 is not reached by https
            cluster-id=My Cluster                     | clusterId                   | a-z, 0-9 and -
            configuration-id=0                        | configurationId             | write 1 for a new cluster
            tick-interval=0ms                         | tickInterval                | at least 1ms
            election-tick-timeout=0                   | electionTickTimeout         | must be positive
            election-tick-timeout=4                   | electionTickTimeout         | write at least 5 ticks
            resend-message-tick-timeout=0             | resendMessageTickTimeout    | must be positive
            flexible-quorum.read-quorum-size=4        | flexibleQuorum.readQuorumSize  | from 2 to the number of nodes, 3
            flexible-quorum.write-quorum-size=1       | flexibleQuorum.writeQuorumSize | from 2 to the number of nodes, 3
            flexible-quorum.write-quorum-size=3       | flexibleQuorum.writeQuorumSize | at most the read quorum, 2
            lease.duration=0s                         | lease.duration              | must be positive
            lease.duration=600ms                      | lease.duration              | longer than the election timeout of 500ms
            lease.duration=200ms                      | lease.duration              | write at least 5 ticks
            lease.max-clock-drift=a lot               | lease.maxClockDrift         | write 0.01 or 1%
            lease.max-clock-drift=100%                | lease.maxClockDrift         | write 0.01 or 1%
            lease.max-clock-drift=-0.1                | lease.maxClockDrift         | write 0.01 or 1%
            lease.max-clock-drift=40%                 | electionTickTimeout         | lower omnipaxos.lease.max-clock-drift
            transport.path=messages                   | transport.path              | begin with /
            transport.path=/                          | transport.path              | begin with /
            transport.connect-timeout=0s              | transport.connectTimeout    | at least 1ms
            transport.connect-timeout=999us           | transport.connectTimeout    | at least 1ms
            transport.request-timeout=0s              | transport.requestTimeout    | at least 1ms
            transport.request-timeout=999us           | transport.requestTimeout    | at least 1ms
            transport.max-message-size=1B             | transport.maxMessageSize    | at least 4KB
            transport.max-message-size=2GB            | transport.maxMessageSize    | less than 2GB
            storage.snapshot-after-entries=0          | storage.snapshotAfterEntries | must be positive
            storage.snapshot-after-size=0B            | storage.snapshotAfterSize   | must be positive
            routing.response-timeout=0s               | routing.responseTimeout     | at least 1ms
            routing.response-timeout=999us            | routing.responseTimeout     | at least 1ms
            routing.max-connections=0                 | routing.maxConnections      | must be positive
            transport.port=70000                      | transport.port              | from 1 to 65535
            advertised-url=node-1                     | advertisedUrl               | absolute http or https URL
            handover.drain-timeout=-1s                | handover.drainTimeout       | must not be negative
            callback.revoke-timeout=-1s               | callback.revokeTimeout      | must not be negative
            health.leaderless-after=0s                | health.leaderlessAfter      | at least 1ms
            health.leaderless-after=999us             | health.leaderlessAfter      | at least 1ms
            map.max-key-size=0B                       | map.maxKeySize              | must be positive
            map.max-key-size=1MB                      | map.maxKeySize              | at most 131072B
            map.max-value-size=0B                     | map.maxValueSize            | must be positive
            map.max-value-size=129KB                  | map.maxValueSize            | an eighth of omnipaxos.transport.max-message-size
            map.max-entries=0                         | map.maxEntries              | must be positive
            map.max-size=0B                           | map.maxSize                 | must be positive
            """)
    void refuse(String property, String field, String advice) {
        threeNodes
                .withPropertyValues("omnipaxos." + property)
                .run(context -> assertThat(analysis(context).getDescription())
                        .contains("Property: omnipaxos." + field)
                        .contains(advice));
    }

    @Test
    void acceptTimeoutsOfAMillisecond() {
        threeNodes
                .withPropertyValues(
                        "omnipaxos.transport.connect-timeout=1ms", "omnipaxos.transport.request-timeout=1ms")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void refuseNegativePids() {
        threeNodes
                .withPropertyValues("omnipaxos.peers.-3=http://127.0.0.1:1")
                .run(context -> assertThat(analysis(context).getDescription())
                        .contains("omnipaxos.peers.-3 does not name a peer"));
    }

    @Test
    void refusePeersWithoutAPid() {
        contextRunner
                .withPropertyValues("omnipaxos.peers.2=http://127.0.0.1:8082")
                .run(context -> assertThat(analysis(context).getDescription())
                        .contains("Property: omnipaxos.pid", "is missing, but there are peers"));
    }

    @Test
    void acceptANodeThatJoins() {
        contextRunner
                .withPropertyValues(
                        "omnipaxos.pid=4",
                        "omnipaxos.join=http://127.0.0.1:8081/app",
                        "omnipaxos.peers.4=http://127.0.0.1:8084",
                        "omnipaxos.configuration-id=7",
                        "omnipaxos.flexible-quorum.read-quorum-size=3")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    DerivedSettings derived = context.getBean(DerivedSettings.class);
                    PropertiesConnectionDetails details = new PropertiesConnectionDetails(derived);
                    assertThat(details.join()).isEqualTo(URI.create("http://127.0.0.1:8081/app"));
                    assertThat(settings(context).configuration().nodes()).containsExactly(4L);
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            join=node-1:8081          | join                   | absolute http or https URL
            join=http://10.0.0.1:8081 | transport.sharedSecret | the peer at http://10.0.0.1:8081
            """)
    void refuseToJoin(String property, String field, String advice) {
        contextRunner
                .withPropertyValues("omnipaxos.pid=4", "omnipaxos." + property)
                .run(context -> assertThat(analysis(context).getDescription())
                        .contains("Property: omnipaxos." + field)
                        .contains(advice));
    }

    @Test
    void refuseToJoinBesidePeers() {
        threeNodes
                .withPropertyValues("omnipaxos.join=http://127.0.0.1:8081")
                .run(context -> assertThat(analysis(context).getDescription())
                        .contains("Property: omnipaxos.join", "stands beside omnipaxos.peers", "omnipaxos.join alone"));
    }

    @Test
    void refuseToJoinWithoutAPid() {
        contextRunner
                .withPropertyValues("omnipaxos.join=http://127.0.0.1:8081")
                .run(context -> assertThat(analysis(context).getDescription())
                        .contains("Property: omnipaxos.pid", "this node joins a cluster"));
    }

    @Test
    void refuseUrlsThatAreTooLongForMessages() {
        threeNodes
                .withPropertyValues("omnipaxos.peers.2=http://127.0.0.1/" + "x".repeat(200))
                .run(context ->
                        assertThat(analysis(context).getDescription()).contains("must be at most 200 characters"));
    }

    @Test
    void refuseQuorumsThatDoNotMeet() {
        threeNodes
                .withPropertyValues(
                        "omnipaxos.peers.4=http://127.0.0.1:8084",
                        "omnipaxos.flexible-quorum.read-quorum-size=2",
                        "omnipaxos.flexible-quorum.write-quorum-size=2")
                .run(context -> assertThat(analysis(context).getDescription())
                        .contains("write at least 3 in omnipaxos.flexible-quorum.read-quorum-size"));
    }

    @Test
    void refuseAStorageThatIsEmptiedWithoutAsking() {
        String directory = System.getProperty("java.io.tmpdir") + File.separator + "omnipaxos";

        contextRunner
                .withPropertyValues("omnipaxos.storage.directory=" + directory)
                .run(context -> assertThat(analysis(context).getDescription())
                        .contains("Property: omnipaxos.storage.directory", "under the temporary directory"));
        contextRunner
                .withPropertyValues("omnipaxos.storage.directory=" + directory, "omnipaxos.storage.type=memory")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void refuseAPidBesideTheOneOfTheHostName() {
        contextRunner
                .withPropertyValues("omnipaxos.pid=1", "omnipaxos.pid-from-hostname=true")
                .run(context -> assertThat(analysis(context).getDescription())
                        .contains("Property: omnipaxos.pid", "remove one of the two"));
    }

    @Test
    void reportAllFaultsAtOnce() {
        contextRunner
                .withPropertyValues(
                        "omnipaxos.peers.2=http://10.0.0.2:8082",
                        "omnipaxos.cluster-id=?",
                        "omnipaxos.resend-message-tick-timeout=0",
                        "omnipaxos.lease.duration=1h",
                        "omnipaxos.transport.path=/a/",
                        "omnipaxos.storage.directory=" + System.getProperty("java.io.tmpdir"))
                .run(context -> {
                    FailureAnalysis analysis = analysis(context);
                    assertThat(analysis.getDescription())
                            .contains(
                                    "Property: omnipaxos.pid",
                                    "Property: omnipaxos.clusterId",
                                    "Value: \"?\"",
                                    "Property: omnipaxos.resendMessageTickTimeout",
                                    "Property: omnipaxos.lease.duration",
                                    "Property: omnipaxos.transport.path",
                                    "Property: omnipaxos.transport.sharedSecret",
                                    "Property: omnipaxos.storage.directory");
                    assertThat(analysis.getAction()).isNotBlank();
                });
    }

    @Test
    void acceptPeersElsewhereWithASecretThatTheyDoNotPrint() {
        threeNodes
                .withPropertyValues(
                        "omnipaxos.peers.2=http://10.0.0.2:8082",
                        "omnipaxos.transport.shared-secret=hush",
                        "omnipaxos.transport.shared-secret-previous=hush hush")
                .run(context -> assertThat(context.getBean(OmniPaxosProperties.class))
                        .asString()
                        .doesNotContain("hush"));
    }

    @Test
    void refuseTheSameSecretTwiceWithoutPrintingIt() {
        threeNodes
                .withPropertyValues(
                        "omnipaxos.transport.shared-secret=hush", "omnipaxos.transport.shared-secret-previous=hush")
                .run(context -> assertThat(analysis(context).getDescription())
                        .contains("Property: omnipaxos.transport", "the same secret in shared-secret and")
                        .doesNotContain("hush"));
    }

    @Test
    void acceptPeersElsewhereWithHttpsAndAnSslBundleAlone() {
        contextRunner
                .withPropertyValues(
                        "omnipaxos.pid=1",
                        "omnipaxos.peers.2=https://10.0.0.2:8082",
                        "omnipaxos.transport.ssl_bundle=peers")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void areNotLookedAtWhereTheNodeIsSwitchedOff() {
        contextRunner
                .withPropertyValues("omnipaxos.enabled=false", "omnipaxos.peers.2=http://10.0.0.2:8082")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @CsvSource({"app-0,1", "my-app-12,13"})
    void takeThePidFromAPodName(String hostName, long pid) {
        assertThat(PodName.pid(hostName)).hasValue(pid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"app", "app0", "app-", "app-x1", ""})
    void takeNoPidFromOtherNames(String hostName) {
        assertThat(PodName.pid(hostName)).isEmpty();
    }

    private static NodeSettings settings(AssertableApplicationContext context) {
        assertThat(context).hasNotFailed();
        DerivedSettings derived = context.getBean(DerivedSettings.class);
        return derived.nodeSettings(derived.peers().keySet());
    }

    private ApplicationContextRunner environment(Map<String, Object> variables) {
        return contextRunner.withInitializer(context -> context.getEnvironment()
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)));
    }

    /** What a person would see. */
    static FailureAnalysis analysis(ApplicationContextAssertProvider<?> context) {
        assertThat(context).hasFailed();
        return SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, SpringFactoriesLoader.ArgumentResolver.none(), (type, name, failure) -> {})
                .stream()
                .map(analyzer -> analyzer.analyze(context.getStartupFailure()))
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing to show for", context.getStartupFailure()));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(OmniPaxosProperties.class)
    static class PropertiesConfiguration {

        @Bean
        static ForeignPeerVariables foreignPeerVariables() {
            return new ForeignPeerVariables();
        }

        @Bean
        DerivedSettings derivedSettings(OmniPaxosProperties properties) {
            return new DerivedSettings(properties, "host");
        }
    }
}
