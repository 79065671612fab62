package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.log.Command;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.node.TransportFactory;
import io.omnipaxos.spring.state.MapChange;
import io.omnipaxos.spring.state.MapWrite;
import io.omnipaxos.spring.state.ReplicatedLog;
import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

/** The real node, alone in its cluster. */
class NodeIntegrationTests {

    private final Path directory =
            Path.of("target", "storage", UUID.randomUUID().toString());
    private final ApplicationContextRunner contextRunner = withNode(Application.class);

    private ApplicationContextRunner withNode(Class<?> application) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(OmniPaxosAutoConfiguration.class))
                .withUserConfiguration(application)
                .withPropertyValues(
                        "omnipaxos.storage.directory=" + directory,
                        "omnipaxos.tick-interval=10ms",
                        "omnipaxos.election-tick-timeout=600");
    }

    @Test
    void leadsWorksAndKeepsItsState() {
        contextRunner.run(context -> {
            assertThat(context).hasNotFailed();
            Work work = context.getBean(Work.class);
            Tenure tenure = work.awaitElected();
            MapWrite<String> write = work.settle("1");
            assertThat(write.index()).isGreaterThan(tenure.fencingToken());
            assertThat(work.map().get("last")).contains("1");
            assertThat(work.token()).isEqualTo(tenure.fencingToken());
            assertThat(context.getBean(RestartableNode.class).status())
                    .hasValueSatisfying(status -> assertThat(status.isLeader()).isTrue());
        });
    }

    @Test
    void goesOnAfterTheContextIsStoppedAndStartedAgain() {
        contextRunner.run(context -> {
            Work work = context.getBean(Work.class);
            Tenure first = work.awaitElected();
            work.settle("1");
            context.getSourceApplicationContext().stop();
            assertThat(work.revokedTenures().poll()).isEqualTo(first);
            assertThat(context.getBean(RestartableNode.class).status().map(NodeStatus::state))
                    .contains(State.STOPPED);

            context.getSourceApplicationContext().start();

            assertThat(work.awaitElected().fencingToken()).isGreaterThan(first.fencingToken());
            assertThat(work.map().get("last")).contains("1");
        });
    }

    @Test
    void buildsItsMapsAnewAtEachStart() {
        contextRunner.run(context -> {
            Work work = context.getBean(Work.class);
            BlockingQueue<MapChange<String>> changes = new LinkedBlockingQueue<>();
            work.map().watch(changes::add);
            work.awaitElected();
            MapWrite<String> write = work.settle("1");
            context.getSourceApplicationContext().stop();
            context.getSourceApplicationContext().start();
            work.awaitElected();
            MapWrite<String> next = work.settle("2");

            assertThat(List.of(taken(changes), taken(changes), taken(changes), taken(changes)))
                    .containsExactly(
                            new MapChange<>("last", null, "1", write.index(), null),
                            new MapChange<>("last", "1", null, 0, null),
                            new MapChange<>("last", null, "1", write.index(), null),
                            new MapChange<>("last", "1", "2", next.index(), null));
        });
    }

    private static <T> T taken(BlockingQueue<T> queue) throws InterruptedException {
        T taken = queue.poll(30, TimeUnit.SECONDS);
        assertThat(taken).isNotNull();
        return taken;
    }

    @Test
    void asksForAStateMachineOfTheApplicationAtEachStart() {
        withNode(CountingApplication.class).run(context -> {
            ReplicatedLog log = context.getBean(ReplicatedLog.class);
            BlockingQueue<Tenure> elected = context.getBean(Elections.class).elected();
            taken(elected);
            assertThat(count(log)).isEqualTo(1);
            context.getSourceApplicationContext().stop();
            context.getSourceApplicationContext().start();
            taken(elected);

            assertThat(count(log)).isEqualTo(2);
        });
    }

    private static int count(ReplicatedLog log) throws Exception {
        return log.append(new byte[0]).get(30, TimeUnit.SECONDS).result()[0];
    }

    @Test
    void revokesWhenTheContextCloses() {
        contextRunner.run(context -> {
            Work work = context.getBean(Work.class);
            Tenure tenure = work.awaitElected();

            context.getSourceApplicationContext().close();

            assertThat(work.revokedTenures()).containsExactly(tenure);
        });
    }

    static class Work {

        private final BlockingQueue<Tenure> elected = new LinkedBlockingQueue<>();
        private final BlockingQueue<Tenure> revoked = new LinkedBlockingQueue<>();
        private final Leadership leadership;
        private final ReplicatedMap<String> map;

        Work(Leadership leadership, ReplicatedMaps maps) {
            this.leadership = leadership;
            this.map = maps.get("settlements");
        }

        ReplicatedMap<String> map() {
            return map;
        }

        BlockingQueue<Tenure> revokedTenures() {
            return revoked;
        }

        Tenure awaitElected() throws InterruptedException {
            return taken(elected);
        }

        @OnLeaderElected
        void elected(Tenure tenure) {
            elected.add(tenure);
        }

        @OnLeaderRevoked
        void revoked(Tenure tenure) {
            revoked.add(tenure);
        }

        @LeaderOnly
        MapWrite<String> settle(String value) {
            return map.put("last", value);
        }

        @LeaderOnly
        long token() {
            return leadership.fencingToken();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Application {

        @Bean
        Work work(Leadership leadership, ReplicatedMaps maps) {
            return new Work(leadership, maps);
        }

        @Bean
        TransportFactory transportFactory() {
            return NoPeers::new;
        }
    }

    static class Elections {

        private final BlockingQueue<Tenure> elected = new LinkedBlockingQueue<>();

        BlockingQueue<Tenure> elected() {
            return elected;
        }

        @OnLeaderElected
        void elected(Tenure tenure) {
            elected.add(tenure);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class CountingApplication {

        @Bean
        Elections elections() {
            return new Elections();
        }

        @Bean
        @Scope("prototype")
        StateMachine counter() {
            return new Counter();
        }

        @Bean
        TransportFactory transportFactory() {
            return NoPeers::new;
        }
    }

    /** Answers each command with how many there were. */
    private static final class Counter implements StateMachine {

        private int count;

        @Override
        public byte[] apply(long index, Command command) {
            count++;
            return new byte[] {(byte) count};
        }

        @Override
        public Snapshot snapshot() {
            int now = count;
            return target -> target.write(now);
        }

        @Override
        public void restore(InputStream source) throws IOException {
            count = source.read();
        }
    }

    private static final class NoPeers implements Transport {

        @Override
        public void start(Receiver receiver) {}

        @Override
        public void send(List<Envelope> envelopes) {}

        @Override
        public void members(ClusterConfiguration configuration) {}

        @Override
        public Map<Long, PeerConnection> connections() {
            return Map.of();
        }

        @Override
        public void close() {}
    }
}
