package io.omnipaxos.spring.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.node.NodeStart;
import io.omnipaxos.spring.node.RestartableNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** One node in each kind of application: it leads, calls back and guards, and ends in order. */
class KindsOfApplicationsTests {

    @Test
    void aServletApplicationWithAManagementPortOfItsOwn() {
        ConfigurableApplicationContext context = Applications.run(
                WebApplicationType.SERVLET, "management.server.port=0", "management.endpoints.web.exposure.include=*");

        Applications.assertLeads(context);
        Applications.assertEnds(context);
    }

    @Test
    void anApplicationOfLazyBeans() {
        ConfigurableApplicationContext context =
                Applications.run(WebApplicationType.NONE, "spring.main.lazy-initialization=true");

        Applications.assertLeads(context);
        Applications.assertEnds(context);
    }

    /** Without a web server nothing of the library keeps the process alive: a task that is done may end. */
    @Test
    void anApplicationWithoutAWebServerEndsUnlessItIsToldToLive() {
        Set<Thread> before = aliveThreads();
        try (ConfigurableApplicationContext context = Applications.run(WebApplicationType.NONE)) {
            Applications.assertLeads(context);

            assertThat(aliveThreads()).isSubsetOf(before);
        }
        try (ConfigurableApplicationContext context =
                Applications.run(WebApplicationType.NONE, "spring.main.keep-alive=true")) {
            assertThat(context.isRunning()).isTrue();

            assertThat(aliveThreads()).extracting(Thread::getName).contains("keep-alive");
        }
    }

    @Test
    void aContextThatIsClosedAndMadeAgainWithTheSameFiles(@TempDir(factory = Lasting.class) Path directory) {
        String[] files = {"omnipaxos.storage.type=file", "omnipaxos.storage.directory=" + directory};
        ConfigurableApplicationContext first = Applications.run(WebApplicationType.NONE, files);
        Applications.assertLeads(first);
        long token = first.getBean(Duty.class).token();
        Applications.assertEnds(first);

        ConfigurableApplicationContext second = Applications.run(WebApplicationType.NONE, files);

        Applications.assertLeads(second);
        assertThat(second.getBean(Duty.class).token()).isGreaterThan(token);
        Applications.assertEnds(second);
    }

    @Test
    void anApplicationBelowAContextWithoutANode() {
        ConfigurableApplicationContext context = Applications.run(new SpringApplicationBuilder(Bare.class)
                .web(WebApplicationType.NONE)
                .child(Applications.Node.class));

        Applications.assertLeads(context);
        ConfigurableApplicationContext parent = (ConfigurableApplicationContext) context.getParent();
        Applications.assertEnds(context);
        parent.close();
    }

    /** There is one node, that of the parent; the child is guarded by it and told by it. */
    @Test
    void anApplicationBelowOneWithANode() {
        ConfigurableApplicationContext child = Applications.run(new SpringApplicationBuilder(Applications.Node.class)
                .web(WebApplicationType.NONE)
                .child(Applications.Node.class));
        ConfigurableApplicationContext parent = (ConfigurableApplicationContext) child.getParent();

        assertThat(child.getBean(RestartableNode.class)).isSameAs(parent.getBean(RestartableNode.class));
        assertThat(child.getBeansOfType(NodeStart.class)).isEmpty();
        Applications.assertLeads(parent);
        Applications.assertLeads(child);
        Duty.Told ofChild = child.getBean(Duty.Told.class);

        child.close();

        assertThat(parent.getBean(Leadership.class).isLeader()).isTrue();
        Applications.assertEnds(parent);
        assertThat(ofChild.words()).as("no bean is called that is destroyed").hasSize(1);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void anApplicationOnVirtualThreads() {
        ConfigurableApplicationContext context =
                Applications.run(WebApplicationType.SERVLET, "spring.threads.virtual.enabled=true");

        Applications.assertLeads(context);
        Applications.assertEnds(context);
    }

    private static Set<Thread> aliveThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon() && !thread.getName().equals("awaitility-thread"))
                .collect(Collectors.toSet());
    }

    static class Bare {}

    /** The temporary directory of the machine is refused. */
    static class Lasting implements TempDirFactory {

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            return Files.createTempDirectory(Path.of("target"), "node");
        }
    }
}
