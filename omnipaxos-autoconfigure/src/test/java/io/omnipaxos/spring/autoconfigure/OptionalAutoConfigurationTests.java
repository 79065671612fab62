package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.actuate.OmniPaxosEndpoint;
import io.omnipaxos.spring.actuate.OmniPaxosHealthIndicator;
import io.omnipaxos.spring.actuate.OmniPaxosInfoContributor;
import io.omnipaxos.spring.jdbc.FencingToken;
import io.omnipaxos.spring.node.NeverLeader;
import io.omnipaxos.spring.redis.FencedRedisOperations;
import io.omnipaxos.spring.web.NotLeaderExceptionResolver;
import java.io.IOException;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.DispatcherServlet;

/** What is there only with MVC, the actuator or health on the class path. */
class OptionalAutoConfigurationTests {

    private static final AutoConfigurations ALL = AutoConfigurations.of(
            OmniPaxosAutoConfiguration.class,
            OmniPaxosMvcAutoConfiguration.class,
            OmniPaxosEndpointAutoConfiguration.class,
            OmniPaxosHealthAutoConfiguration.class,
            OmniPaxosInfoAutoConfiguration.class,
            OmniPaxosJdbcAutoConfiguration.class,
            EndpointAutoConfiguration.class,
            HealthContributorAutoConfiguration.class);

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(ALL)
            .withUserConfiguration(TestNodes.class)
            .withPropertyValues("management.endpoints.web.exposure.include=*");

    private final WebApplicationContextRunner webContextRunner =
            new WebApplicationContextRunner().withConfiguration(ALL).withUserConfiguration(TestNodes.class);

    @Test
    void haveAFencingTokenForTheOnlyDataSource() {
        contextRunner
                .withBean("first", DataSource.class, JdbcDataSource::new)
                .run(context -> assertThat(context).hasSingleBean(FencingToken.class));
    }

    @Test
    void haveNoFencingTokenWhereItIsNotClearForWhichDatabase() {
        contextRunner.run(context -> assertThat(context).doesNotHaveBean(FencingToken.class));
        contextRunner
                .withBean("first", DataSource.class, JdbcDataSource::new)
                .withBean("second", DataSource.class, JdbcDataSource::new)
                .run(context -> assertThat(context).doesNotHaveBean(FencingToken.class));
    }

    @Test
    void leaveTheFencingTokenToTheApplication() {
        contextRunner
                .withBean("first", DataSource.class, JdbcDataSource::new)
                .withBean(
                        "mine",
                        FencingToken.class,
                        () -> new FencingToken(new NeverLeader("test"), new JdbcTemplate(new JdbcDataSource()), "mine"))
                .run(context -> assertThat(context).getBean(FencingToken.class).isSameAs(context.getBean("mine")));
    }

    @Test
    void haveNoFencingTokenWithoutSpringJdbc() {
        contextRunner
                .withClassLoader(new FilteredClassLoader("org.springframework.jdbc"))
                .withBean("first", DataSource.class, JdbcDataSource::new)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(FencingToken.class));
    }

    @Test
    void haveAnEndpointThatIsExposed() {
        contextRunner.run(context -> assertThat(context).hasSingleBean(OmniPaxosEndpoint.class));
    }

    @Test
    void haveNoEndpointThatIsNotExposed() {
        contextRunner
                .withPropertyValues("management.endpoints.web.exposure.include=health")
                .run(context -> assertThat(context).doesNotHaveBean(OmniPaxosEndpoint.class));
    }

    @Test
    void haveNoEndpointWithoutAccess() {
        contextRunner
                .withPropertyValues("management.endpoint.omnipaxos.access=NONE")
                .run(context -> assertThat(context).doesNotHaveBean(OmniPaxosEndpoint.class));
    }

    @Test
    void haveHealth() {
        contextRunner.run(context -> assertThat(context).hasBean("omnipaxosHealthIndicator"));
    }

    @Test
    void haveNoHealthThatIsSwitchedOff() {
        contextRunner
                .withPropertyValues("management.health.omnipaxos.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(OmniPaxosHealthIndicator.class));
    }

    @Test
    void haveTheHealthOfTheApplication() {
        contextRunner
                .withBean("omnipaxosHealthIndicator", HealthIndicator.class, () -> () -> null)
                .run(context -> assertThat(context).doesNotHaveBean(OmniPaxosHealthIndicator.class));
    }

    @Test
    void sayNothingInInfoByDefault() {
        contextRunner.run(context -> assertThat(context).doesNotHaveBean(OmniPaxosInfoContributor.class));
        contextRunner
                .withPropertyValues("management.info.defaults.enabled=true")
                .run(context -> assertThat(context).doesNotHaveBean(OmniPaxosInfoContributor.class));
    }

    @Test
    void speakInInfoWhenToldTo() {
        contextRunner
                .withPropertyValues("management.info.omnipaxos.enabled=true")
                .run(context -> assertThat(context).hasSingleBean(OmniPaxosInfoContributor.class));
    }

    @Test
    void haveTheInfoOfTheApplication() {
        OmniPaxosInfoContributor own = new OmniPaxosInfoContributor(Optional::empty);
        contextRunner
                .withPropertyValues("management.info.omnipaxos.enabled=true")
                .withBean("own", OmniPaxosInfoContributor.class, () -> own)
                .run(context -> assertThat(context)
                        .getBean(OmniPaxosInfoContributor.class)
                        .isSameAs(own));
    }

    /** Boot leaves auto-configurations out by this file, before it looks at their classes. */
    @Test
    void areLeftOutWithoutTheirModules() throws IOException {
        Properties metadata =
                PropertiesLoaderUtils.loadAllProperties("META-INF/spring-autoconfigure-metadata.properties");

        assertThat(metadata.getProperty(OmniPaxosEndpointAutoConfiguration.class.getName() + ".ConditionalOnClass"))
                .startsWith("org.springframework.boot.actuate.");
        assertThat(metadata.getProperty(OmniPaxosHealthAutoConfiguration.class.getName() + ".ConditionalOnClass"))
                .startsWith("org.springframework.boot.health.");
        assertThat(metadata.getProperty(OmniPaxosInfoAutoConfiguration.class.getName() + ".ConditionalOnClass"))
                .startsWith("org.springframework.boot.actuate.");
        assertThat(metadata.getProperty(OmniPaxosMetricsAutoConfiguration.class.getName() + ".ConditionalOnClass"))
                .isEqualTo(MeterRegistry.class.getName());
        assertThat(metadata.getProperty(OmniPaxosObservationAutoConfiguration.class.getName() + ".ConditionalOnClass"))
                .isEqualTo(ObservationRegistry.class.getName());
        assertThat(metadata.getProperty(OmniPaxosMvcAutoConfiguration.class.getName() + ".ConditionalOnClass"))
                .isEqualTo(DispatcherServlet.class.getName());
    }

    /** All of ours but the one that they build on, as an application may exclude it; each finds what else it needs. */
    @ParameterizedTest
    @MethodSource("kindsOfApplications")
    void areLeftOutWithTheOneThatTheyBuildOn(AbstractApplicationContextRunner<?, ?, ?> application) {
        var rest = application
                .withConfiguration(AutoConfigurations.of(allButTheNodes()))
                .withBean(DataSource.class, JdbcDataSource::new)
                .withBean(RedisConnectionFactory.class, LettuceConnectionFactory::new)
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(ObservationRegistry.class, ObservationRegistry::create)
                .withPropertyValues(
                        "omnipaxos.storage.type=redis",
                        "omnipaxos.redis.publish-leader=true",
                        "management.endpoints.web.exposure.include=*",
                        "management.info.omnipaxos.enabled=true");

        rest.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(FencingToken.class)
                .doesNotHaveBean(FencedRedisOperations.class));
        rest.withBean(Leadership.class, FakeLeadership::new)
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(FencingToken.class));
    }

    private static Stream<AbstractApplicationContextRunner<?, ?, ?>> kindsOfApplications() {
        return Stream.of(
                new ApplicationContextRunner(),
                new WebApplicationContextRunner(),
                new ReactiveWebApplicationContextRunner());
    }

    private static Class<?>[] allButTheNodes() {
        ClassLoader loader = OptionalAutoConfigurationTests.class.getClassLoader();
        Stream<Class<?>> ours = ImportCandidates.load(AutoConfiguration.class, loader).getCandidates().stream()
                .filter(name -> name.startsWith(OmniPaxosAutoConfiguration.class.getPackageName()))
                .map(name -> ClassUtils.resolveClassName(name, loader));
        return Stream.concat(
                        Stream.of(EndpointAutoConfiguration.class, HealthContributorAutoConfiguration.class),
                        ours.filter(type -> type != OmniPaxosAutoConfiguration.class))
                .toArray(Class<?>[]::new);
    }

    @Test
    void haveNeitherWhereTheNodeIsSwitchedOff() {
        new ApplicationContextRunner()
                .withConfiguration(ALL)
                .withPropertyValues("omnipaxos.enabled=false", "management.endpoints.web.exposure.include=*")
                .withPropertyValues("management.info.omnipaxos.enabled=true")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(OmniPaxosEndpoint.class)
                        .doesNotHaveBean(OmniPaxosHealthIndicator.class)
                        .doesNotHaveBean(OmniPaxosInfoContributor.class));
    }

    @Test
    void haveAResolverInAServletApplication() {
        webContextRunner.run(context -> assertThat(context).hasSingleBean(NotLeaderExceptionResolver.class));
    }

    @Test
    void haveAResolverWhereTheNodeIsSwitchedOff() {
        new WebApplicationContextRunner()
                .withConfiguration(ALL)
                .withPropertyValues("omnipaxos.enabled=false")
                .run(context -> assertThat(context).hasSingleBean(NotLeaderExceptionResolver.class));
    }

    @Test
    void haveNoResolverElsewhere() {
        contextRunner.run(context -> assertThat(context).doesNotHaveBean(NotLeaderExceptionResolver.class));
        webContextRunner
                .withClassLoader(new FilteredClassLoader(DispatcherServlet.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("notLeaderExceptionResolver"));
    }
}
