package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import io.omnipaxos.spring.guard.LeaderOnlyCalls;
import io.omnipaxos.spring.metrics.NodeMeters;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.observation.Activities;
import io.omnipaxos.spring.observation.HandoverObservationConvention;
import io.omnipaxos.spring.observation.ObservedActivities;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Meters and observations of a real node that is alone in its cluster, in memory. */
class MetricsAutoConfigurationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ApplicationContextRunner withoutMicrometerBeans = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    OmniPaxosAutoConfiguration.class,
                    OmniPaxosMetricsAutoConfiguration.class,
                    OmniPaxosObservationAutoConfiguration.class))
            .withBean(Work.class)
            .withPropertyValues("omnipaxos.storage.type=memory", "omnipaxos.transport.port=0")
            // A lease that outlives a pause: a node alone is elected on its first tick all the same.
            .withPropertyValues("omnipaxos.election-tick-timeout=150")
            .withPropertyValues("management.metrics.use-global-registry=false");

    private final ApplicationContextRunner contextRunner = withoutMicrometerBeans
            .withConfiguration(AutoConfigurations.of(
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    ObservationAutoConfiguration.class))
            .withBean(MeterRegistry.class, SimpleMeterRegistry::new);

    @Test
    void measuresWhatTheNodeDoes() {
        contextRunner.run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            Work work = context.getBean(Work.class);
            awaitLeader(context.getBean(Leadership.class));

            work.work();
            context.getBean(RestartableNode.class).append(new byte[3]).get(30, TimeUnit.SECONDS);

            assertThat(gauge(meters, "omnipaxos.leader")).isEqualTo(1);
            assertThat(gauge(meters, "omnipaxos.leaderless")).isZero();
            assertThat(gauge(meters, "omnipaxos.lease.remaining")).isGreaterThan(0);
            assertThat(counter(meters, "omnipaxos.leader.changes")).isEqualTo(1);
            assertThat(counter(meters, "omnipaxos.leader.only", "outcome", "run"))
                    .isEqualTo(1);
            assertThat(counter(meters, "omnipaxos.leader.only", "outcome", "rejected"))
                    .isZero();
            assertThat(counter(meters, "omnipaxos.messages", "outcome", "sent")).isZero();
            await().atMost(PATIENCE).until(() -> gauge(meters, "omnipaxos.log.decided") == 2);
            assertThat(gauge(meters, "omnipaxos.log.accepted")).isEqualTo(2);
            assertThat(gauge(meters, "omnipaxos.log.compacted")).isZero();
            assertThat(meters.get("omnipaxos.storage.sync").timer().count()).isPositive();
            awaitTimedOnce(meters, "omnipaxos.append", "outcome", "committed");
            await().atMost(PATIENCE)
                    .until(() -> meters.find("omnipaxos.callback")
                                    .tags("callback", "elected", "outcome", "success")
                                    .timer()
                            != null);
        });
    }

    @Test
    void countsEachActivityOnce() {
        contextRunner.run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            awaitLeader(context.getBean(Leadership.class));
            context.getBean(RestartableNode.class).append(new byte[3]).get(30, TimeUnit.SECONDS);

            awaitTimedOnce(meters, "omnipaxos.append");
        });
    }

    @Test
    void countsTheSnapshots() {
        contextRunner.run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            awaitLeader(context.getBean(Leadership.class));

            context.getBean(RestartableNode.class).snapshot().get(30, TimeUnit.SECONDS);

            assertThat(counter(meters, "omnipaxos.snapshots", "outcome", "stored"))
                    .isEqualTo(1);
            assertThat(counter(meters, "omnipaxos.snapshots", "outcome", "failed"))
                    .isZero();
            assertThat(gauge(meters, "omnipaxos.snapshot.size")).isPositive();
        });
    }

    @Test
    void metersGoWithTheNodeAndComeBackWithIt() {
        contextRunner.run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            awaitLeader(context.getBean(Leadership.class));
            Set<String> whileItRuns = ownMeters(meters);

            context.getSourceApplicationContext().stop();

            assertThat(ownMeters(meters)).isEmpty();
            awaitTimedOnce(meters, "omnipaxos.handover", "outcome", "in_time");

            context.getSourceApplicationContext().start();
            awaitLeader(context.getBean(Leadership.class));

            assertThat(ownMeters(meters)).isEqualTo(whileItRuns);
            assertThat(gauge(meters, "omnipaxos.leader")).isEqualTo(1);
            assertThat(counter(meters, "omnipaxos.leader.changes")).isEqualTo(1);
        });
    }

    @Test
    void metersDoNotOutliveTheContextInASharedRegistry() {
        MeterRegistry shared = new SimpleMeterRegistry();
        Set<String> whileItRan = new HashSet<>();

        withoutMicrometerBeans
                .withInitializer(context -> context.getBeanFactory().registerSingleton("shared", shared))
                .run(context -> whileItRan.addAll(ownMeters(shared)));

        assertThat(whileItRan).contains("omnipaxos.leader");
        assertThat(shared.getMeters()).isEmpty();
    }

    @Test
    void haveTagsOfFewValues() {
        contextRunner.run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            awaitLeader(context.getBean(Leadership.class));
            for (int i = 0; i < 20; i++) {
                context.getBean(RestartableNode.class).append(new byte[i]).get(30, TimeUnit.SECONDS);
            }

            assertThat(meters.getMeters().stream()
                            .map(Meter::getId)
                            .filter(id -> id.getName().startsWith("omnipaxos.append")))
                    .hasSize(2);
        });
    }

    @Test
    void areThereInAnApplicationOfLazyBeansAsWell() {
        contextRunner
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> assertThat(ownMeters(context.getBean(MeterRegistry.class)))
                        .contains("omnipaxos.leader"));
    }

    @Test
    void canBeSwitchedOff() {
        contextRunner
                .withPropertyValues(
                        "management.metrics.enable.omnipaxos=false", "management.observations.enable.omnipaxos=false")
                .run(context -> {
                    awaitLeader(context.getBean(Leadership.class));
                    context.getBean(RestartableNode.class).append(new byte[3]).get(30, TimeUnit.SECONDS);
                    assertThat(context.getBean(MeterRegistry.class).getMeters())
                            .noneMatch(meter -> meter.getId().getName().startsWith("omnipaxos"));
                });
    }

    @Test
    void haveNoMetersWithoutARegistry() {
        withoutMicrometerBeans.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(NodeMeters.class)
                .doesNotHaveBean(Activities.class));
    }

    @Test
    void haveObservationsWithoutMeters() {
        withoutMicrometerBeans
                .withBean(ObservationRegistry.class, ObservationRegistry::create)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(ObservedActivities.class)
                        .doesNotHaveBean(NodeMeters.class));
    }

    @Test
    void workWithoutMicrometer() {
        withoutMicrometerBeans
                .withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    awaitLeader(context.getBean(Leadership.class));
                    context.getBean(Work.class).work();
                    context.getBean(RestartableNode.class).append(new byte[3]).get(30, TimeUnit.SECONDS);
                    assertThat(context).doesNotHaveBean("omniPaxosNodeMeters").doesNotHaveBean(Activities.class);
                });
    }

    @Test
    void standBackForThoseOfTheApplication() {
        NodeMeters own = new NodeMeters(new SimpleMeterRegistry(), Optional::empty, new LeaderOnlyCalls());
        contextRunner
                .withBean("ownMeters", NodeMeters.class, () -> own)
                .withBean("ownActivities", Activities.class, () -> Activities.UNOBSERVED)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(NodeMeters.class)
                        .hasBean("ownMeters")
                        .doesNotHaveBean(ObservedActivities.class));
    }

    @Test
    void takeTheConventionsOfTheApplication() {
        HandoverObservationConvention renamed = new HandoverObservationConvention() {
            @Override
            public String getName() {
                return "lead.handover";
            }
        };
        contextRunner
                .withBean(HandoverObservationConvention.class, () -> renamed)
                .run(context -> {
                    MeterRegistry meters = context.getBean(MeterRegistry.class);
                    awaitLeader(context.getBean(Leadership.class));

                    context.getSourceApplicationContext().stop();

                    awaitTimedOnce(meters, "lead.handover");
                    assertThat(meters.find("omnipaxos.handover").timer()).isNull();
                });
    }

    @Test
    void countWhatIsRefusedOnAFollower() {
        contextRunner.withUserConfiguration(TestNodes.class).run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            Work work = context.getBean(Work.class);

            assertThatExceptionOfType(NotLeaderException.class).isThrownBy(work::work);
            work.skipped();
            work.skipped();

            assertThat(counter(meters, "omnipaxos.leader.only", "outcome", "rejected"))
                    .isEqualTo(1);
            assertThat(counter(meters, "omnipaxos.leader.only", "outcome", "skipped"))
                    .isEqualTo(2);
            assertThat(counter(meters, "omnipaxos.leader.only", "outcome", "run"))
                    .isZero();
        });
    }

    private static void awaitLeader(Leadership leadership) {
        await().atMost(PATIENCE).until(leadership::isLeader);
    }

    /** The answer may be there before the observation has ended, on another thread. */
    private static void awaitTimedOnce(MeterRegistry meters, String name, String... tags) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(meters.find(name).tags(tags).timers())
                        .singleElement()
                        .satisfies(timer -> assertThat(timer.count()).isEqualTo(1)));
    }

    private static double gauge(MeterRegistry meters, String name) {
        return meters.get(name).gauge().value();
    }

    private static double counter(MeterRegistry meters, String name, String... tags) {
        return meters.get(name).tags(tags).functionCounter().count();
    }

    /** Those that do not come from observations. */
    private static Set<String> ownMeters(MeterRegistry meters) {
        return meters.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .filter(name -> name.startsWith("omnipaxos."))
                .filter(name -> !name.matches("omnipaxos\\.(append|callback|handover)(\\.active)?"))
                .collect(Collectors.toSet());
    }

    /** Public, as its proxy is made by another class loader where classes are missing. */
    public static class Work {

        @LeaderOnly
        public void work() {}

        @LeaderOnly(otherwise = LeaderOnly.Otherwise.SKIP)
        public void skipped() {}

        @OnLeaderElected
        public void elected() {}

        @OnLeaderRevoked
        public void revoked() {}
    }
}
