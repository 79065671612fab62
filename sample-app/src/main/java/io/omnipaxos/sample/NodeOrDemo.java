package io.omnipaxos.sample;

import io.omnipaxos.sample.demo.DemoApplication;
import io.omnipaxos.sample.node.NodeApplication;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Decides which of the two applications runs. It asks the finished environment, not the arguments: a pid may come from a
 * variable or a file as well.
 */
final class NodeOrDemo implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    private static final Map<String, Object> DEMO_DEFAULTS = Map.of(
            "omnipaxos.enabled", "false",
            "spring.web.resources.static-locations", "classpath:/demo/");

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        SpringApplication application = event.getSpringApplication();
        if (isNode(event.getEnvironment())) {
            application.addPrimarySources(List.of(NodeApplication.class));
        } else {
            application.addPrimarySources(List.of(DemoApplication.class));
            event.getEnvironment().getPropertySources().addLast(new MapPropertySource("demo", DEMO_DEFAULTS));
        }
    }

    private static boolean isNode(ConfigurableEnvironment environment) {
        return Binder.get(environment)
                .bind("omnipaxos", Bindable.mapOf(String.class, Object.class))
                .isBound();
    }

    /** After the configuration files were read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
