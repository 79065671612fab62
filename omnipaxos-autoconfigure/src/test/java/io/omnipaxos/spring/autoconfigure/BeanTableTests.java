package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.mock;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.web.context.reactive.AnnotationConfigReactiveWebApplicationContext;
import org.springframework.boot.web.context.servlet.AnnotationConfigServletWebApplicationContext;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.AnnotationConfigRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.MethodMetadata;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Each bean of ours, in which applications it is defined, and whether that of the application takes its place. Only
 * definitions are looked at, no bean is made.
 */
class BeanTableTests {

    private static final String PACKAGE = "io.omnipaxos.spring.autoconfigure.";

    private enum Situation {
        NO_WEB,
        SERVLET,
        REACTIVE,
        PORT_FOR_PEERS("omnipaxos.transport.port=9000"),
        SWITCHED_OFF("omnipaxos.enabled=false"),
        ENDPOINT_NOT_EXPOSED("management.endpoints.web.exposure.include=health"),
        ENDPOINT_WITHOUT_ACCESS("management.endpoint.omnipaxos.access=NONE"),
        HEALTH_SWITCHED_OFF("management.health.omnipaxos.enabled=false"),
        ALL_HEALTH_SWITCHED_OFF("management.health.defaults.enabled=false"),
        INFO_SWITCHED_OFF("management.info.omnipaxos.enabled=false"),
        WITHOUT_ACTUATOR(ConditionalOnAvailableEndpoint.class, ConditionalOnEnabledInfoContributor.class),
        WITHOUT_HEALTH(ConditionalOnEnabledHealthIndicator.class),
        WITHOUT_METERS(MeterRegistry.class),
        WITHOUT_OBSERVATIONS(ObservationRegistry.class),
        WITHOUT_MVC(DispatcherServlet.class),
        WITHOUT_SERVLETS(FilterRegistrationBean.class),
        IN_A_SERVLET_CONTAINER(WebServerFactoryCustomizer.class),
        WITHOUT_WEBFLUX(DispatcherHandler.class),
        WITHOUT_JDBC(JdbcClient.class),
        WITHOUT_REDIS(RedisConnectionFactory.class),
        WITHOUT_CONNECTIONS,
        STORAGE_IN_REDIS("omnipaxos.storage.type=redis"),
        WITHOUT_CLIENTS_OF_SPRING(ClientHttpRequestInterceptor.class);

        private final String[] properties;
        private final Class<?>[] missing;

        Situation(String property) {
            this.properties = new String[] {property};
            this.missing = new Class<?>[0];
        }

        Situation(Class<?>... missing) {
            this.properties = new String[0];
            this.missing = missing;
        }

        Supplier<? extends GenericApplicationContext> context() {
            return switch (this) {
                case NO_WEB -> AnnotationConfigApplicationContext::new;
                case REACTIVE, WITHOUT_WEBFLUX -> AnnotationConfigReactiveWebApplicationContext::new;
                default -> AnnotationConfigServletWebApplicationContext::new;
            };
        }
    }

    private static final Set<Situation> ALWAYS = EnumSet.allOf(Situation.class);
    private static final Set<Situation> ENABLED = allBut(Situation.SWITCHED_OFF);
    private static final Set<Situation> SHARED_PORT = allBut(
            Situation.SWITCHED_OFF,
            Situation.NO_WEB,
            Situation.REACTIVE,
            Situation.WITHOUT_WEBFLUX,
            Situation.WITHOUT_SERVLETS,
            Situation.PORT_FOR_PEERS);

    private static final Set<Situation> MVC =
            allBut(Situation.NO_WEB, Situation.REACTIVE, Situation.WITHOUT_WEBFLUX, Situation.WITHOUT_MVC);

    /** By the class and the method that define it. */
    private static final Map<String, Set<Situation>> TABLE = new TreeMap<>();

    static {
        always(
                "LeaderClientConfiguration.omniPaxosLeaderAddress",
                "OmniPaxosAutoConfiguration.omniPaxosForeignPeerVariables",
                "OmniPaxosAutoConfiguration.omniPaxosDerivedSettings",
                "OmniPaxosAutoConfiguration.omniPaxosConnectionDetails",
                "OmniPaxosAutoConfiguration.omniPaxosPeerUrls",
                "OmniPaxosAutoConfiguration.omniPaxosAdvertisedUrls",
                "LeaderOnlyConfiguration.leaderOnlyRules",
                "LeaderOnlyConfiguration.leaderOnlyCalls",
                "LeaderOnlyConfiguration.leaderOnlyPostProcessor",
                "LeaderOnlyConfiguration.leaderOnlyVerifier",
                "CallbackConfiguration.leadershipCallbacks",
                "CallbackConfiguration.leadershipScope",
                "CallbackConfiguration.leadershipScopeConfigurer",
                "CallbackConfiguration.leadershipCallbackPostProcessor",
                "CallbackConfiguration.omniPaxosEagerCallbackBeans",
                "CallbackConfiguration.leadershipCallbackVerifier");
        unlessSwitchedOff(
                "NodeConfiguration.omniPaxosNodeSettings",
                "NodeConfiguration.omniPaxosMapStateMachine",
                "NodeConfiguration.omniPaxosNode",
                "NodeConfiguration.clusterReconfiguration",
                "NodeConfiguration.leadership",
                "NodeConfiguration.replicatedMaps",
                "NodeLifecycleConfiguration.omniPaxosDeploymentChecks",
                "NodeLifecycleConfiguration.omniPaxosNodeStart",
                "NodeLifecycleConfiguration.omniPaxosNodeCandidacy",
                "NodeLifecycleConfiguration.omniPaxosAdmissionEnd",
                "TransportConfiguration.omniPaxosPeerSecurity",
                "TransportConfiguration.omniPaxosHttpTransportSettings",
                "TransportConfiguration.omniPaxosTransportFactory");
        TABLE.put("DisabledConfiguration.leadership", EnumSet.of(Situation.SWITCHED_OFF));
        TABLE.put("DisabledConfiguration.replicatedMaps", EnumSet.of(Situation.SWITCHED_OFF));
        TABLE.put("SharedPortConfiguration.omniPaxosPeerFilter", SHARED_PORT);
        TABLE.put(
                "EmbeddedServerConfiguration.omniPaxosSharedPortCertificates",
                without(SHARED_PORT, Situation.IN_A_SERVLET_CONTAINER));
        TABLE.put(
                "OmniPaxosEndpointAutoConfiguration.omniPaxosEndpoint",
                without(
                        ENABLED,
                        Situation.WITHOUT_ACTUATOR,
                        Situation.ENDPOINT_NOT_EXPOSED,
                        Situation.ENDPOINT_WITHOUT_ACCESS));
        TABLE.put(
                "OmniPaxosHealthAutoConfiguration.omnipaxosHealthIndicator",
                without(
                        ENABLED,
                        Situation.WITHOUT_HEALTH,
                        Situation.HEALTH_SWITCHED_OFF,
                        Situation.ALL_HEALTH_SWITCHED_OFF));
        TABLE.put(
                "OmniPaxosInfoAutoConfiguration.omniPaxosInfoContributor",
                without(ENABLED, Situation.WITHOUT_ACTUATOR, Situation.INFO_SWITCHED_OFF));
        TABLE.put("OmniPaxosMetricsAutoConfiguration.omniPaxosNodeMeters", without(ENABLED, Situation.WITHOUT_METERS));
        TABLE.put(
                "OmniPaxosObservationAutoConfiguration.omniPaxosObservedActivities",
                allBut(Situation.WITHOUT_OBSERVATIONS));
        TABLE.put(
                "OmniPaxosJdbcAutoConfiguration.fencingToken",
                allBut(Situation.WITHOUT_JDBC, Situation.WITHOUT_CONNECTIONS));
        for (String bean : List.of(
                "notLeaderExceptionResolver",
                "omniPaxosLeaderRouting",
                "omniPaxosRequestForwarder",
                "omniPaxosRoutingCheck",
                "omniPaxosTruncatedAnswerResolver",
                "omniPaxosWebMvcConfigurer")) {
            TABLE.put("OmniPaxosMvcAutoConfiguration." + bean, MVC);
        }
        TABLE.put("InterceptorConfiguration.leaderHttpRequestInterceptor", allBut(Situation.WITHOUT_CLIENTS_OF_SPRING));
        TABLE.put("NodeConfiguration.omniPaxosStorageFactory", without(ENABLED, Situation.STORAGE_IN_REDIS));
        TABLE.put(
                "OmniPaxosRedisStorageAutoConfiguration.omniPaxosStorageFactory",
                EnumSet.of(Situation.STORAGE_IN_REDIS));
        TABLE.put(
                "OmniPaxosRedisAutoConfiguration.fencedRedisOperations",
                allBut(Situation.WITHOUT_REDIS, Situation.WITHOUT_CONNECTIONS));
        TABLE.put(
                "OmniPaxosRedisAutoConfiguration.omniPaxosLeaderPublication",
                without(ENABLED, Situation.WITHOUT_REDIS, Situation.WITHOUT_CONNECTIONS));
        TABLE.put("OmniPaxosWebFluxAutoConfiguration.notLeaderWebExceptionHandler", EnumSet.of(Situation.REACTIVE));
    }

    @Test
    void everyBeanIsInTheTable() throws IOException {
        assertThat(allBeans().keySet()).containsExactlyElementsOf(TABLE.keySet());
    }

    @ParameterizedTest
    @EnumSource(Situation.class)
    void whatIsDefined(Situation situation) {
        Set<String> expected = new TreeSet<>();
        TABLE.forEach((bean, situations) -> {
            if (situations.contains(situation)) {
                expected.add(bean);
            }
        });

        assertThat(defined(situation, null)).containsExactlyElementsOf(expected);
    }

    static Stream<String> replaceable() throws IOException {
        return allBeans().entrySet().stream()
                .filter(bean -> AnnotatedElementUtils.hasAnnotation(bean.getValue(), ConditionalOnMissingBean.class))
                .map(Map.Entry::getKey);
    }

    @ParameterizedTest
    @MethodSource("replaceable")
    void oneOfTheApplicationTakesItsPlace(String bean) throws IOException {
        Situation situation = TABLE.get(bean).iterator().next();

        assertThat(defined(situation, allBeans().get(bean))).doesNotContain(bean);
    }

    /** What nobody may replace, as the rest relies on just this; it has to be named here on purpose. */
    @Test
    void theRestIsNotForApplications() throws IOException {
        Set<String> rest = new TreeSet<>(allBeans().keySet());
        replaceable().forEach(rest::remove);

        assertThat(rest)
                .containsExactlyInAnyOrder(
                        "CallbackConfiguration.leadershipCallbackPostProcessor",
                        "CallbackConfiguration.leadershipCallbackVerifier",
                        "CallbackConfiguration.leadershipScopeConfigurer",
                        "CallbackConfiguration.omniPaxosEagerCallbackBeans",
                        "EmbeddedServerConfiguration.omniPaxosSharedPortCertificates",
                        "LeaderOnlyConfiguration.leaderOnlyRules",
                        "LeaderOnlyConfiguration.leaderOnlyVerifier",
                        "NodeLifecycleConfiguration.omniPaxosAdmissionEnd",
                        "NodeLifecycleConfiguration.omniPaxosDeploymentChecks",
                        "NodeLifecycleConfiguration.omniPaxosNodeCandidacy",
                        "NodeLifecycleConfiguration.omniPaxosNodeStart",
                        "OmniPaxosAutoConfiguration.omniPaxosDerivedSettings",
                        "OmniPaxosAutoConfiguration.omniPaxosForeignPeerVariables",
                        "LeaderClientConfiguration.omniPaxosLeaderAddress",
                        "OmniPaxosMvcAutoConfiguration.omniPaxosLeaderRouting",
                        "OmniPaxosMvcAutoConfiguration.omniPaxosRequestForwarder",
                        "OmniPaxosMvcAutoConfiguration.omniPaxosRoutingCheck",
                        "OmniPaxosMvcAutoConfiguration.omniPaxosTruncatedAnswerResolver",
                        "OmniPaxosMvcAutoConfiguration.omniPaxosWebMvcConfigurer",
                        "SharedPortConfiguration.omniPaxosPeerFilter",
                        "TransportConfiguration.omniPaxosHttpTransportSettings",
                        "TransportConfiguration.omniPaxosPeerSecurity");
    }

    /** Our beans in an application, of which one may be the application's own. */
    private static Set<String> defined(Situation situation, @Nullable Method replaced) {
        try (GenericApplicationContext context = situation.context().get()) {
            context.setClassLoader(new FilteredClassLoader(situation.missing));
            TestPropertyValues.of(
                            "management.endpoints.web.exposure.include=*",
                            "omnipaxos.redis.publish-leader=true",
                            "management.info.omnipaxos.enabled=true")
                    .and(situation.properties)
                    .applyTo(context);
            if (situation != Situation.WITHOUT_CONNECTIONS) {
                context.registerBeanDefinition("dataSource", definition(DataSource.class));
                context.registerBeanDefinition("redis", definition(RedisConnectionFactory.class));
            }
            if (replaced != null) {
                context.registerBeanDefinition(nameOf(replaced), definition(replaced.getReturnType()));
            }
            ((AnnotationConfigRegistry) context).register(Configurations.getClasses(AutoConfigurations.of(all())));
            context.refreshForAotProcessing(new RuntimeHints());
            Set<String> beans = new TreeSet<>();
            for (String name : context.getBeanDefinitionNames()) {
                if (context.getBeanDefinition(name) instanceof AnnotatedBeanDefinition bean) {
                    MethodMetadata method = bean.getFactoryMethodMetadata();
                    if (method != null && method.getDeclaringClassName().startsWith(PACKAGE)) {
                        beans.add(key(method));
                    }
                }
            }
            return beans;
        }
    }

    /** A processor or a scope is made even here. */
    private static <T> RootBeanDefinition definition(Class<T> type) {
        return new RootBeanDefinition(type, () -> mock(type, CALLS_REAL_METHODS));
    }

    private static String nameOf(Method method) {
        String[] names = AnnotatedElementUtils.findMergedAnnotation(method, ConditionalOnMissingBean.class)
                .name();
        return names.length == 0 ? "one" : names[0];
    }

    private static Class<?>[] all() {
        List<Class<?>> all = new ArrayList<>(List.of(
                EndpointAutoConfiguration.class,
                HealthContributorAutoConfiguration.class,
                MetricsAutoConfiguration.class,
                CompositeMeterRegistryAutoConfiguration.class,
                SimpleMetricsExportAutoConfiguration.class,
                ObservationAutoConfiguration.class));
        ImportCandidates.load(AutoConfiguration.class, BeanTableTests.class.getClassLoader()).getCandidates().stream()
                .filter(name -> name.startsWith(PACKAGE))
                .map(name -> ClassUtils.resolveClassName(name, BeanTableTests.class.getClassLoader()))
                .forEach(all::add);
        return all.toArray(Class<?>[]::new);
    }

    /** All methods that define beans, found by looking at the compiled classes. */
    private static Map<String, Method> allBeans() throws IOException {
        Map<String, Method> beans = new TreeMap<>();
        SimpleMetadataReaderFactory readers = new SimpleMetadataReaderFactory();
        String pattern = "classpath*:" + PACKAGE.replace('.', '/') + "*.class";
        for (Resource resource : new PathMatchingResourcePatternResolver().getResources(pattern)) {
            if (resource.getURL().getPath().contains("/test-classes/")) {
                continue;
            }
            for (MethodMetadata method : readers.getMetadataReader(resource)
                    .getAnnotationMetadata()
                    .getAnnotatedMethods(Bean.class.getName())) {
                Class<?> type = ClassUtils.resolveClassName(method.getDeclaringClassName(), null);
                beans.put(
                        key(method),
                        Arrays.stream(type.getDeclaredMethods())
                                .filter(candidate -> candidate.getName().equals(method.getMethodName()))
                                .findFirst()
                                .orElseThrow());
            }
        }
        return beans;
    }

    private static String key(MethodMetadata method) {
        return ClassUtils.getShortName(method.getDeclaringClassName()).replaceFirst(".*\\.", "") + "."
                + method.getMethodName();
    }

    private static void always(String... beans) {
        Arrays.stream(beans).forEach(bean -> TABLE.put(bean, ALWAYS));
    }

    private static void unlessSwitchedOff(String... beans) {
        Arrays.stream(beans).forEach(bean -> TABLE.put(bean, ENABLED));
    }

    private static Set<Situation> allBut(Situation... situations) {
        return without(EnumSet.allOf(Situation.class), situations);
    }

    private static Set<Situation> without(Set<Situation> all, Situation... situations) {
        Set<Situation> rest = EnumSet.copyOf(all);
        Arrays.asList(situations).forEach(rest::remove);
        return rest;
    }
}
