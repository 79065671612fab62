package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.assertArg;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.guard.LeaderOnlyPostProcessor;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.node.ClusterReconfiguration;
import io.omnipaxos.spring.node.NeverLeader;
import io.omnipaxos.spring.node.PeerUrls;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.node.StorageFactory;
import io.omnipaxos.spring.node.TransportFactory;
import io.omnipaxos.spring.state.MapChange;
import io.omnipaxos.spring.state.MapEntries;
import io.omnipaxos.spring.state.MapLimitException;
import io.omnipaxos.spring.state.MapListener;
import io.omnipaxos.spring.state.MapStateMachine;
import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import io.omnipaxos.spring.transport.HttpTransportSettings;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.StorageException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class OmniPaxosAutoConfigurationTests {

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(OmniPaxosAutoConfiguration.class))
            .withPropertyValues("omnipaxos.storage.type=memory");

    private final ApplicationContextRunner withTestNode = contextRunner.withUserConfiguration(TestNodes.class);

    @Test
    void startsTheNodeAndLetsItStand() {
        withTestNode.run(context -> {
            then(context.getBean(OmniPaxosNode.class)).should().start();
            then(context.getBean(OmniPaxosNode.class)).should().stand();
        });
    }

    @Test
    void startsTheNodeInAnApplicationOfLazyBeansAsWell() {
        withTestNode
                .withInitializer(context -> context.addBeanFactoryPostProcessor(
                        new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    then(context.getBean(OmniPaxosNode.class)).should().start();
                    then(context.getBean(OmniPaxosNode.class)).should().stand();
                });
    }

    @Test
    void publishesWhatTheNodeIsMadeOf() {
        withTestNode.run(context -> assertThat(context)
                .hasSingleBean(NodeSettings.class)
                .hasSingleBean(StorageFactory.class)
                .hasSingleBean(TransportFactory.class)
                .hasSingleBean(MapStateMachine.class)
                .hasSingleBean(ReplicatedMaps.class)
                .hasSingleBean(OmniPaxosConnectionDetails.class)
                .hasSingleBean(AdvertisedUrls.class)
                .hasSingleBean(PeerUrls.class)
                .hasSingleBean(ClusterReconfiguration.class)
                .hasSingleBean(LeaderOnlyPostProcessor.class));
    }

    @Test
    void backsOffForTheStateMachineOfTheApplication() {
        withTestNode
                .withBean(StateMachine.class, () -> StateMachine.NONE)
                .run(context ->
                        assertThat(context).hasSingleBean(StateMachine.class).doesNotHaveBean(ReplicatedMaps.class));
    }

    @Test
    void writesMapsWithTheMapperOfTheApplication() {
        JsonMapper mapper = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();

        withTestNode.withBean(JsonMapper.class, () -> mapper).run(context -> {
            OmniPaxosNode node = context.getBean(OmniPaxosNode.class);
            given(node.append(any())).willReturn(new CompletableFuture<>());
            ReplicatedMap<Progress> map = context.getBean(ReplicatedMaps.class).get("import", Progress.class);

            assertThat(map.putAsync("orders", new Progress(7))).isNotDone();

            then(node)
                    .should()
                    .append(assertArg(command -> assertThat(new String(command, StandardCharsets.UTF_8))
                            .contains("{\"last_page\":7}")));
        });
    }

    record Progress(long lastPage) {}

    @Test
    void limitsMapsAsThePropertiesSay() {
        withTestNode.withPropertyValues("omnipaxos.map.max-value-size=4B").run(context -> {
            ReplicatedMap<String> map = context.getBean(ReplicatedMaps.class).get("import");

            assertThatExceptionOfType(MapLimitException.class)
                    .isThrownBy(() -> map.put("orders", "12345"))
                    .withMessageContaining("omnipaxos.map.max-value-size");
        });
    }

    @Test
    void tellsListenersOfMapsOnThreadsOfThisNode() {
        withTestNode.run(context -> {
            BlockingQueue<String> thread = new LinkedBlockingQueue<>();
            context.getBean(ReplicatedMaps.class).get("import").watch(new MapListener<>() {
                @Override
                public void present(MapEntries<String> entries) {
                    thread.add(Thread.currentThread().getName());
                }

                @Override
                public void changed(MapChange<String> change) {}
            });

            assertThat(thread.poll(30, TimeUnit.SECONDS)).isEqualTo("omnipaxos-1-watch-1");
        });
    }

    @Test
    void backsOffForTheStorageAndTransportOfTheApplication() {
        StorageFactory storage = () -> {
            throw new StorageException("not here");
        };
        TransportFactory transport = () -> null;

        withTestNode
                .withBean(StorageFactory.class, () -> storage)
                .withBean(TransportFactory.class, () -> transport)
                .run(context -> {
                    assertThat(context.getBean(StorageFactory.class)).isSameAs(storage);
                    assertThat(context.getBean(TransportFactory.class)).isSameAs(transport);
                });
    }

    @Test
    void takesPeersFromConnectionDetails() {
        withTestNode
                .withBean(OmniPaxosConnectionDetails.class, TestPeers::new)
                .withPropertyValues("omnipaxos.pid=2", "omnipaxos.transport.port=0")
                .run(context -> assertThat(context.getBean(NodeSettings.class)
                                .configuration()
                                .nodes())
                        .containsExactly(2L, 7L));
    }

    @Test
    void guardsLeaderOnlyMethodsWithTheLeadershipOfTheNode() {
        withTestNode.withBean(Work.class).run(context -> {
            Work work = context.getBean(Work.class);
            FakeLeadership leadership = context.getBean(FakeLeadership.class);
            leadership.follow(2);
            assertThatExceptionOfType(NotLeaderException.class).isThrownBy(work::work);
            leadership.lead(1);
            work.work();
        });
    }

    @Test
    void refusesEverythingWhereItIsSwitchedOff() {
        contextRunner
                .withPropertyValues("omnipaxos.enabled=false")
                .withBean(Work.class)
                .run(context -> {
                    assertThat(context).doesNotHaveBean(RestartableNode.class);
                    assertThat(context.getBean(Leadership.class)).isInstanceOf(NeverLeader.class);
                    assertThatExceptionOfType(NotLeaderException.class)
                            .isThrownBy(context.getBean(Work.class)::work)
                            .withMessageContaining("omnipaxos.enabled is false");
                    assertThatExceptionOfType(AppendException.class)
                            .isThrownBy(() -> context.getBean(ReplicatedMaps.class)
                                    .get("settlements")
                                    .put("last", "1"));
                });
    }

    /** As the binder reads them. */
    @ParameterizedTest
    @ValueSource(strings = {"FALSE", "off", "no", "0"})
    void isSwitchedOffInWhateverWords(String word) {
        contextRunner
                .withPropertyValues("omnipaxos.enabled=" + word)
                .run(context -> assertThat(context)
                        .doesNotHaveBean(RestartableNode.class)
                        .getBean(Leadership.class)
                        .isInstanceOf(NeverLeader.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRUE", "on", "yes", "1"})
    void isSwitchedOnInWhateverWords(String word) {
        contextRunner
                .withPropertyValues("omnipaxos.enabled=" + word)
                .run(context ->
                        assertThat(context).hasSingleBean(RestartableNode.class).hasSingleBean(Leadership.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"enabled", "transport.port", "storage.type", "redis.publish-leader"})
    void saysInWordsWhatCannotBeRead(String name) {
        inServletApplication()
                .withConfiguration(AutoConfigurations.of(
                        OmniPaxosRedisStorageAutoConfiguration.class,
                        OmniPaxosRedisAutoConfiguration.class,
                        DataRedisAutoConfiguration.class))
                .withBean(Client.class)
                .withPropertyValues("omnipaxos." + name + "=perhaps")
                .run(context -> assertThat(
                                OmniPaxosPropertiesTests.analysis(context).getDescription())
                        .startsWith("Failed to bind properties under 'omnipaxos." + name + "'")
                        .contains("Value: \"perhaps\""));
    }

    /** Who cannot be made without a leadership. */
    record Client(Leadership leadership) {}

    /** As a Helm chart writes a value that nobody gave. */
    @Test
    void answersPeersOnTheServerOfTheApplicationWhereTheVariableOfThePortIsEmpty() {
        inServletApplication()
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                new SystemEnvironmentPropertySource(
                                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                        Map.of("OMNIPAXOS_TRANSPORT_PORT", ""))))
                .run(context -> assertThat(context).hasBean("omniPaxosPeerFilter"));
    }

    private static WebApplicationContextRunner inServletApplication() {
        return new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(OmniPaxosAutoConfiguration.class))
                .withPropertyValues("omnipaxos.storage.type=memory");
    }

    @Test
    void aTransportOfItsOwnNeedsNoServer() {
        withTestNode
                .withPropertyValues("omnipaxos.pid=1", "omnipaxos.peers.2=http://127.0.0.1:8082")
                .withBean(TransportFactory.class, () -> () -> {
                    throw new UnsupportedOperationException();
                })
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void refusesPeersWithoutAServerToAnswerThem() {
        withTestNode
                .withPropertyValues("omnipaxos.pid=1", "omnipaxos.peers.2=http://127.0.0.1:8082")
                .run(context -> {
                    FailureAnalysis analysis = OmniPaxosPropertiesTests.analysis(context);
                    assertThat(analysis.getDescription()).contains("no servlet web server");
                    assertThat(analysis.getAction()).contains("omnipaxos.transport.port");
                });
    }

    @Test
    void refusesToJoinWithoutAServerToAnswerPeers() {
        withTestNode
                .withPropertyValues("omnipaxos.pid=4", "omnipaxos.join=http://127.0.0.1:8081")
                .run(context -> assertThat(
                                OmniPaxosPropertiesTests.analysis(context).getDescription())
                        .contains("no servlet web server"));
    }

    /** The node itself waits for a member; the application does not. */
    @Test
    void startsTheApplicationThoughTheMemberToJoinIsAway() {
        contextRunner
                .withPropertyValues(
                        "omnipaxos.pid=4", "omnipaxos.join=http://127.0.0.1:1", "omnipaxos.transport.port=0")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    RestartableNode node = context.getBean(RestartableNode.class);
                    assertThat(node.status()).isEmpty();
                    assertThat(node.joining()).isPresent();
                    assertThat(context.getBean(Leadership.class).isLeader()).isFalse();
                });
    }

    @Test
    void hearsUnprovenPeersOnlyWhereThereAreSome() {
        withTestNode.run(
                alone -> assertThat(alone.getBean(HttpTransportSettings.class).hearsUnproven())
                        .isFalse());
        for (String peers :
                List.of("omnipaxos.peers.2=http://127.0.0.1:8082", "omnipaxos.join=http://127.0.0.1:8082")) {
            withTestNode
                    .withPropertyValues("omnipaxos.pid=1", "omnipaxos.transport.port=0", peers)
                    .run(member -> assertThat(
                                    member.getBean(HttpTransportSettings.class).hearsUnproven())
                            .isTrue());
        }
    }

    @Test
    void tellsPeersTheUrlOfClientsWhereTheyShareAPort() {
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(OmniPaxosAutoConfiguration.class))
                .withUserConfiguration(TestNodes.class)
                .withPropertyValues(
                        "omnipaxos.pid=2",
                        "omnipaxos.peers.7=http://127.0.0.1:8087",
                        "omnipaxos.advertised-url=http://me:8080")
                .run(context ->
                        assertThat(context.getBean(PeerUrls.class).of(2)).isEqualTo(URI.create("http://me:8080")));
        withTestNode
                .withPropertyValues(
                        "omnipaxos.pid=2",
                        "omnipaxos.peers.7=http://127.0.0.1:8087",
                        "omnipaxos.transport.port=0",
                        "omnipaxos.advertised-url=http://me:8080")
                .run(context ->
                        assertThat(context.getBean(PeerUrls.class).of(2)).isNull());
    }

    @Test
    void answersPeersOnTheServerOfTheApplication() {
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(OmniPaxosAutoConfiguration.class))
                .withUserConfiguration(TestNodes.class)
                .withPropertyValues("omnipaxos.pid=1", "omnipaxos.peers.2=http://127.0.0.1:8082")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void refusesBudgetsThatDoNotFitIntoTheShutdown() {
        withTestNode
                .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=20s")
                .run(context -> {
                    FailureAnalysis analysis = OmniPaxosPropertiesTests.analysis(context);
                    assertThat(analysis.getDescription())
                            .contains("do not fit into", "omnipaxos.handover.drain-timeout");
                    assertThat(analysis.getAction()).contains("to at least 21s");
                });
    }

    @Test
    void showsEachFaultOfLeaderOnlyMethodsWithWhatToDo() {
        withTestNode.withBean(FinalWork.class).run(context -> {
            FailureAnalysis analysis = OmniPaxosPropertiesTests.analysis(context);
            assertThat(analysis.getDescription()).contains("FinalWork.work()", "is final");
            assertThat(analysis.getAction()).contains("Make it non-final");
        });
    }

    @Test
    void showsWhyTheStorageCouldNotBeOpened() {
        withTestNode
                .withBean(Broken.class)
                .run(context -> assertThat(
                                OmniPaxosPropertiesTests.analysis(context).getDescription())
                        .contains("could not be opened: locked by process 7"));
    }

    @Test
    void sendsClientsToPeersOnlyWhereTheySharePorts() {
        ApplicationContextRunner member = withTestNode.withPropertyValues(
                "omnipaxos.pid=2", "omnipaxos.peers.7=http://127.0.0.1:8087", "omnipaxos.advertised-url=https://me");

        member.withPropertyValues("omnipaxos.transport.port=0").run(context -> {
            assertThat(context.getBean(AdvertisedUrls.class).of(7)).isNull();
            assertThat(context.getBean(AdvertisedUrls.class).of(2)).isEqualTo(URI.create("https://me"));
        });
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(OmniPaxosAutoConfiguration.class))
                .withUserConfiguration(TestNodes.class)
                .withPropertyValues("omnipaxos.pid=2", "omnipaxos.peers.7=http://127.0.0.1:8087")
                .run(context -> {
                    assertThat(context.getBean(AdvertisedUrls.class).of(7))
                            .isEqualTo(URI.create("http://127.0.0.1:8087"));
                    assertThat(context.getBean(AdvertisedUrls.class).of(2)).isNull();
                });
    }

    @Test
    void clientsCannotBeSentToALeaderOfWhichNothingButThePortForPeersIsKnown() {
        WebApplicationContextRunner member = new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        OmniPaxosAutoConfiguration.class,
                        OmniPaxosMvcAutoConfiguration.class,
                        WebMvcAutoConfiguration.class))
                .withUserConfiguration(TestNodes.class)
                .withPropertyValues("omnipaxos.pid=2", "omnipaxos.transport.port=0");
        WebApplicationContextRunner withPeer = member.withPropertyValues("omnipaxos.peers.7=http://127.0.0.1:8087");

        withPeer.run(context -> assertThat(context).hasNotFailed());
        withPeer.withBean(Redirected.class).run(context -> {
            FailureAnalysis analysis = OmniPaxosPropertiesTests.analysis(context);
            assertThat(analysis.getDescription()).contains("Redirected.work()", "omnipaxos.transport.port");
            assertThat(analysis.getAction()).contains("Set omnipaxos.advertised-url on every node");
        });
        member.withPropertyValues("omnipaxos.join=http://127.0.0.1:8087")
                .withBean(Redirected.class)
                .run(context -> assertThat(
                                OmniPaxosPropertiesTests.analysis(context).getDescription())
                        .contains("omnipaxos.transport.port"));
        withPeer.withBean(Redirected.class)
                .withPropertyValues("omnipaxos.advertised-url=http://127.0.0.1:8080")
                .run(context -> assertThat(context).hasNotFailed());
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        OmniPaxosAutoConfiguration.class,
                        OmniPaxosMvcAutoConfiguration.class,
                        WebMvcAutoConfiguration.class))
                .withPropertyValues(
                        "omnipaxos.enabled=false",
                        "omnipaxos.pid=2",
                        "omnipaxos.transport.port=0",
                        "omnipaxos.peers.7=http://127.0.0.1:8087",
                        "omnipaxos.routing.ssl-bundle=one of other nodes")
                .withBean(Redirected.class)
                .run(context -> assertThat(context).hasNotFailed());
        member.withBean(Redirected.class)
                .run(context -> assertThat(context).as("alone").hasNotFailed());
    }

    @Test
    void onlyAServletApplicationCanRoute() {
        withTestNode.withBean(Redirected.class).run(context -> {
            FailureAnalysis analysis = OmniPaxosPropertiesTests.analysis(context);
            assertThat(analysis.getDescription()).contains("Redirected.work()", "no servlet application");
            assertThat(analysis.getAction()).contains("otherwise = REJECT");
        });
    }

    @Test
    void theBundleForForwardingMustExist() {
        new WebApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(OmniPaxosAutoConfiguration.class, OmniPaxosMvcAutoConfiguration.class))
                .withUserConfiguration(TestNodes.class)
                .withPropertyValues("omnipaxos.routing.ssl-bundle=nowhere")
                .run(context -> assertThat(
                                OmniPaxosPropertiesTests.analysis(context).getDescription())
                        .contains("omnipaxos.routing.ssl-bundle names the bundle 'nowhere'"));
    }

    @RestController
    static class Redirected {
        @GetMapping("/work")
        @LeaderOnly(otherwise = LeaderOnly.Otherwise.REDIRECT)
        void work() {}
    }

    static class Work {
        @LeaderOnly
        void work() {}
    }

    static class FinalWork {
        @LeaderOnly
        final void work() {}
    }

    static class Broken {
        Broken() {
            throw new StorageException("locked by process 7");
        }
    }

    private static final class TestPeers implements OmniPaxosConnectionDetails {

        @Override
        public Set<Long> peers() {
            return Set.of(7L);
        }

        @Override
        public @Nullable URI url(long pid) {
            return null;
        }
    }
}
