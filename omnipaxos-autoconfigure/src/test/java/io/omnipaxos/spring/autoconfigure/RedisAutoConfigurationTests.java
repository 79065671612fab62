package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.FreePorts;
import io.omnipaxos.spring.redis.FencedRedisOperations;
import io.omnipaxos.spring.redis.LeaderPublication;
import io.omnipaxos.spring.redis.TestRedis;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What is there only with Spring Data Redis. */
class RedisAutoConfigurationTests {

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    OmniPaxosAutoConfiguration.class,
                    OmniPaxosRedisAutoConfiguration.class,
                    DataRedisAutoConfiguration.class))
            .withUserConfiguration(TestNodes.class);

    @Test
    void thereAreFencedOperationsThatAskWhoLeadsBeforeTheyConnect() {
        contextRunner.run(context -> {
            assertThat(context).hasSingleBean(FencedRedisOperations.class);
            assertThatExceptionOfType(NotLeaderException.class)
                    .isThrownBy(() -> context.getBean(FencedRedisOperations.class)
                            .on("settlements")
                            .set("key", "value"));
        });
    }

    @Test
    void theApplicationsOwnFencedOperationsWin() {
        contextRunner
                .withUserConfiguration(OwnOperations.class)
                .run(context -> assertThat(context)
                        .hasSingleBean(FencedRedisOperations.class)
                        .hasBean("own"));
    }

    @Test
    void theLeaderIsPublishedOnlyWhereThatIsAskedFor() {
        contextRunner.run(context -> assertThat(context).doesNotHaveBean(LeaderPublication.class));
        contextRunner
                .withPropertyValues("omnipaxos.redis.publish_leader=true", "omnipaxos.cluster-id=shop")
                .run(context -> assertThat(
                                context.getBean(LeaderPublication.class).key())
                        .isEqualTo("omnipaxos:shop:leader"));
        contextRunner
                .withPropertyValues("omnipaxos.redis.publish-leader=1")
                .run(context -> assertThat(context).hasSingleBean(LeaderPublication.class));
    }

    @Test
    void aNodeThatIsSwitchedOffWritesNothing() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        OmniPaxosAutoConfiguration.class,
                        OmniPaxosRedisAutoConfiguration.class,
                        DataRedisAutoConfiguration.class))
                .withPropertyValues("omnipaxos.enabled=false")
                .run(context -> assertThatExceptionOfType(NotLeaderException.class)
                        .isThrownBy(() -> context.getBean(FencedRedisOperations.class)
                                .on("settlements")
                                .claim()));
    }

    @Test
    void thereAreNoneWithoutSpringDataRedisAConnectionFactoryOrAChoiceAmongSeveral() {
        contextRunner
                .withClassLoader(new FilteredClassLoader(RedisConnectionFactory.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(FencedRedisOperations.class));
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(OmniPaxosAutoConfiguration.class, OmniPaxosRedisAutoConfiguration.class))
                .withUserConfiguration(TestNodes.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(FencedRedisOperations.class));
        contextRunner
                .withUserConfiguration(TwoServers.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(FencedRedisOperations.class));
    }

    @Test
    void theStorageInRedisSaysWhatIsMissing() {
        ApplicationContextRunner runner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        OmniPaxosRedisStorageAutoConfiguration.class, OmniPaxosAutoConfiguration.class))
                .withPropertyValues("omnipaxos.storage.type=redis");
        runner.run(context -> assertThat(analysis(context.getStartupFailure()))
                .contains("there is no RedisConnectionFactory", "spring.data.redis.host"));
        runner.withUserConfiguration(TwoServers.class)
                .run(context ->
                        assertThat(analysis(context.getStartupFailure())).contains("several of which none is primary"));
    }

    @Test
    void theStorageInRedisNeedsSpringDataRedis() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        OmniPaxosRedisStorageAutoConfiguration.class, OmniPaxosAutoConfiguration.class))
                .withPropertyValues("omnipaxos.storage.type=redis")
                .withClassLoader(new FilteredClassLoader(RedisConnectionFactory.class))
                .run(context -> assertThat(analysis(context.getStartupFailure()))
                        .contains("Spring Data Redis is not on the class path", "spring-boot-starter-data-redis"));
    }

    @Test
    void aServerThatIsAwayAtTheStartIsNamed() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        OmniPaxosRedisStorageAutoConfiguration.class,
                        OmniPaxosAutoConfiguration.class,
                        DataRedisAutoConfiguration.class))
                .withPropertyValues("omnipaxos.storage.type=redis", "spring.data.redis.port=" + FreePorts.one())
                .run(context -> assertThat(analysis(context.getStartupFailure()))
                        .contains(
                                "Redis cannot be used", "Unable to connect", "spring.data.redis runs and is reached"));
    }

    @Test
    void theNodesLogIsInRedisWhereThatIsSaid(@TempDir Path directory) {
        try (TestRedis server = TestRedis.durable(directory)) {
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(
                            OmniPaxosRedisStorageAutoConfiguration.class,
                            OmniPaxosAutoConfiguration.class,
                            DataRedisAutoConfiguration.class))
                    .withPropertyValues(
                            "omnipaxos.storage.type=redis",
                            "omnipaxos.storage.redis.key-prefix=log",
                            "spring.data.redis.port=" + server.port())
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        assertThat(server.template().hasKey("log:{omnipaxos:1}:meta"))
                                .isTrue();
                    });
        }
    }

    @Test
    void theSettingsOfTheStorageAreChecked() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(OmniPaxosAutoConfiguration.class))
                .withPropertyValues(
                        "omnipaxos.storage.type=redis",
                        "omnipaxos.storage.redis.key_prefix={a}",
                        "omnipaxos.storage.redis.command_timeout=999us",
                        "omnipaxos.storage.redis.owner_timeout=-1s")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContainingAll(
                                "storage.redis.keyPrefix",
                                "write for example omnipaxos",
                                "storage.redis.commandTimeout",
                                "must be at least 1ms; write for example 2s",
                                "storage.redis.ownerTimeout",
                                "must be at least omnipaxos.storage.redis.command-timeout"));
    }

    private static String analysis(Throwable failure) {
        FailureAnalysis analysis = new OmniPaxosStartupFailureAnalyzer().analyze(failure);
        if (analysis == null) {
            analysis = new StorageFailureAnalyzer().analyze(failure);
        }
        return analysis.getDescription() + "\n" + analysis.getAction();
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnOperations {

        @Bean
        FencedRedisOperations own(RedisConnectionFactory connections, Leadership leadership) {
            return new FencedRedisOperations(connections, leadership, "mine");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoServers {

        @Bean
        LettuceConnectionFactory first() {
            return new LettuceConnectionFactory();
        }

        @Bean
        LettuceConnectionFactory second() {
            return new LettuceConnectionFactory();
        }
    }
}
