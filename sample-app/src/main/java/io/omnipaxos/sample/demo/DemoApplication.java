package io.omnipaxos.sample.demo;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;

/** Supervises three nodes that are processes of their own; is no node itself. */
@SpringBootApplication
@EnableConfigurationProperties(DemoProperties.class)
public class DemoApplication {

    private static final Logger LOG = LoggerFactory.getLogger(DemoApplication.class);

    private static final int NODES = 3;

    @Bean
    List<NodeProcess> nodes(DemoProperties properties) {
        NodeCommand command = new NodeCommand(FreePorts.find(NODES), properties.directory());
        List<NodeProcess> nodes = new ArrayList<>();
        for (long pid = 1; pid <= NODES; pid++) {
            nodes.add(new NodeProcess(pid, command.url(pid), command.line(pid), command.log(pid)));
        }
        return List.copyOf(nodes);
    }

    @EventListener
    void serving(WebServerInitializedEvent event) {
        LOG.info("the page is at http://127.0.0.1:{}/", event.getWebServer().getPort());
    }
}
