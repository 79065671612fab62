package io.omnipaxos.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.sample.demo.DemoApplication;
import io.omnipaxos.sample.node.NodeApplication;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class NodeOrDemoTests {

    private final StandardEnvironment environment = new StandardEnvironment();

    @Test
    void aPidMakesANode() {
        assertThat(chosen(Map.of("omnipaxos.pid", "1"))).isEqualTo(NodeApplication.class);
        assertThat(environment.getProperty("omnipaxos.enabled")).isNull();
    }

    @Test
    void peersMakeANode() {
        assertThat(chosen(Map.of("omnipaxos.peers.2", "http://127.0.0.1:8082"))).isEqualTo(NodeApplication.class);
    }

    @Test
    void withoutAnyPropertyTheDemoRunsAndIsNoNode() {
        assertThat(chosen(Map.of("server.port", "8080"))).isEqualTo(DemoApplication.class);
        assertThat(environment.getProperty("omnipaxos.enabled")).isEqualTo("false");
    }

    private Object chosen(Map<String, Object> properties) {
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        SpringApplication application = new SpringApplication();
        new NodeOrDemo()
                .onApplicationEvent(new ApplicationEnvironmentPreparedEvent(
                        new DefaultBootstrapContext(), application, new String[0], environment));
        return application.getAllSources().iterator().next();
    }
}
