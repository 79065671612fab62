package io.omnipaxos.spring.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Starts applications of one node, and says what must hold in all of them. */
final class Applications {

    private Applications() {}

    static ConfigurableApplicationContext run(WebApplicationType type, String... properties) {
        return run(new SpringApplicationBuilder(Node.class).web(type), properties);
    }

    static ConfigurableApplicationContext run(SpringApplicationBuilder application, String... properties) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0", "--management.metrics.use-global-registry=false", "--spring.main.banner-mode=off"));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        // A node alone is elected on its first tick; the long lease outlives the pauses of a busy machine.
        return application
                .properties("omnipaxos.storage.type=memory", "omnipaxos.election-tick-timeout=150")
                .run(arguments.toArray(String[]::new));
    }

    /** The node leads, callbacks are told of it though nobody asked for their bean, and the guard admits work. */
    static void assertLeads(ConfigurableApplicationContext context) {
        Duty.Told told = context.getBean(Duty.Told.class);
        await().until(() -> !told.words().isEmpty());
        long token = context.getBean(Duty.class).token();
        assertThat(told.words()).containsExactly("elected " + token);
    }

    /** The node gives leadership up when it ends, and its guard refuses from then on. */
    static void assertEnds(ConfigurableApplicationContext context) {
        Duty.Told told = context.getBean(Duty.Told.class);
        Duty duty = context.getBean(Duty.class);
        long token = duty.token();

        context.close();

        assertThat(told.words()).containsExactly("elected " + token, "revoked " + token);
        assertThatExceptionOfType(NotLeaderException.class).isThrownBy(duty::token);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Working.class)
    static class Node {}

    @Configuration(proxyBeanMethods = false)
    static class Working {

        @Bean
        Duty.Told told() {
            return new Duty.Told();
        }

        @Bean
        Duty duty(Leadership leadership, Duty.Told told) {
            return new Duty(leadership, told);
        }
    }
}
