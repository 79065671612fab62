package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.redis.FencedRedisOperations;
import io.omnipaxos.spring.redis.LeaderPublication;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What is there only with Spring Data Redis; no server runs. */
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
