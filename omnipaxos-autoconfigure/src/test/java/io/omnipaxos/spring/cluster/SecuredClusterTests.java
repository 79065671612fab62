package io.omnipaxos.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.spring.transport.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ConfigurableApplicationContext;

/** Whole clusters under attack, and while their certificates are renewed: whoever leads goes on leading. */
@Timeout(240)
class SecuredClusterTests {

    private static final String[] ALL = {"node-1", "node-2", "node-3"};
    private static final String SECRET = "--omnipaxos.transport.shared-secret=a secret of this test alone";

    /** Nobody is to lose a leadership here, however busy the machine is. */
    private static final String LONG_LEASE = "--omnipaxos.election-tick-timeout=100";

    @TempDir
    private static Path directory;

    private static Certificates certificates;

    @BeforeAll
    static void makeCertificates() {
        certificates = new Certificates(directory);
        List.of(ALL).forEach(certificates::key);
    }

    @Test
    void strangersDisturbNoLeaderThatSignsOnAPortForPeersAlone() throws Exception {
        try (ThreeNodes nodes = new ThreeNodes(false, "http", pid -> List.of(SECRET, LONG_LEASE))) {
            HostileNeighbours strangers = assertUndisturbed(nodes, null, null);

            assertThat(strangers.answers())
                    .anyMatch(answer -> answer.startsWith("HTTP/1.1 401"))
                    .anyMatch(answer -> answer.startsWith("HTTP/1.1 429"))
                    .allMatch(answer -> answer.isEmpty() || answer.contains("application/problem+json"));
        }
    }

    @Test
    void strangersDisturbNoLeaderThatSignsOnThePortOfItsApplication() throws Exception {
        try (ThreeNodes nodes = new ThreeNodes(true, "http", pid -> List.of(SECRET, LONG_LEASE))) {
            HostileNeighbours strangers = assertUndisturbed(nodes, null, null);

            assertThat(strangers.answers())
                    .anyMatch(answer -> answer.startsWith("HTTP/1.1 401"))
                    .anyMatch(answer -> answer.startsWith("HTTP/1.1 429"));
        }
    }

    @Test
    void strangersDisturbNoLeaderThatRestsOnCertificatesOnAPortForPeersAlone() throws Exception {
        certificates.key("stranger");
        try (ThreeNodes nodes = new ThreeNodes(false, "https", bundles("own"))) {
            HostileNeighbours strangers = assertUndisturbed(nodes, "stranger", "");

            assertThat(strangers.answers()).isNotEmpty().allMatch(String::isEmpty);
        }
    }

    @Test
    void strangersDisturbNoLeaderThatRestsOnCertificatesOnThePortOfItsApplication() throws Exception {
        IntFunction<List<String>> bundles = bundles("shared");
        try (ThreeNodes nodes = new ThreeNodes(
                true,
                "https",
                pid -> with(bundles.apply(pid), "--server.ssl.bundle=peers", "--server.ssl.client-auth=want"))) {
            HostileNeighbours strangers = assertUndisturbed(nodes, "", null);

            assertThat(strangers.answers()).anyMatch(answer -> answer.startsWith("HTTP/1.1 401"));
        }
    }

    /** The web server lets clients of the application in whom the bundle of the peers does not know. */
    @Test
    void aClientOfTheApplicationIsNoPeerBecauseTheWebServerKnowsIt() throws Exception {
        certificates.key("client");
        IntFunction<List<String>> peers = bundles("clients");
        try (ThreeNodes nodes = new ThreeNodes(true, "https", pid -> {
            List<String> web = bundle(
                    "web",
                    certificates.key("node-" + pid),
                    certificates.trust("clients-web-" + pid, "node-1", "node-2", "node-3", "client"));
            return with(
                    with(peers.apply(pid), web.toArray(String[]::new)),
                    "--server.ssl.bundle=web",
                    "--server.ssl.client-auth=need");
        })) {
            ConfigurableApplicationContext leader = nodes.awaitLeader();
            HostileNeighbours client = new HostileNeighbours(nodes.port(leader), certificates.context("client", ALL));

            client.flood(4);

            assertThat(client.answers())
                    .hasSize(4)
                    .allMatch(answer -> answer.startsWith("HTTP/1.1 401"))
                    .anyMatch(answer -> answer.contains("no certificate was shown that the transport.ssl-bundle"));
        }
    }

    @Test
    void certificatesAreRenewedFileByFileAndTheLeaderGoesOn() throws Exception {
        List.of("next-1", "next-2", "next-3").forEach(certificates::key);
        IntFunction<List<String>> bundles = bundles("renewed");
        try (ThreeNodes nodes = new ThreeNodes(
                false,
                "https",
                pid -> with(
                        bundles.apply(pid),
                        "--spring.ssl.bundle.jks.peers.reload-on-update=true",
                        "--spring.ssl.bundle.watch.file.quiet-period=200ms"))) {
            ConfigurableApplicationContext leader = nodes.awaitLeader();
            nodes.contexts().forEach(ThreeNodes::changes);
            long token = ThreeNodes.token(leader);

            for (int pid = 1; pid <= 3; pid++) {
                certificates.trust("renewed-" + pid, "node-1", "node-2", "node-3", "next-1", "next-2", "next-3");
                awaitTrusted(nodes, pid, 6);
            }
            for (int pid = 1; pid <= 3; pid++) {
                Path next = Files.copy(certificates.key("next-" + pid), directory.resolve("next-" + pid + ".tmp"));
                Files.move(next, keyStore("renewed", pid), StandardCopyOption.REPLACE_EXISTING);
                awaitKey(nodes, pid);
                ThreeNodes.map(leader).put("renewed-" + pid, "a key");
            }
            for (int pid = 1; pid <= 3; pid++) {
                certificates.trust("renewed-" + pid, "next-1", "next-2", "next-3");
                awaitTrusted(nodes, pid, 3);
            }

            ThreeNodes.map(leader).put("last", "written with new certificates only");
            assertThat(ThreeNodes.token(leader)).isEqualTo(token);
            assertThat(nodes.contexts())
                    .allSatisfy(node -> assertThat(ThreeNodes.changes(node)).isEmpty());
        }
    }

    private static HostileNeighbours assertUndisturbed(ThreeNodes nodes, @Nullable String key, @Nullable String second)
            throws Exception {
        ConfigurableApplicationContext leader = nodes.awaitLeader();
        nodes.contexts().forEach(ThreeNodes::changes);
        long token = ThreeNodes.token(leader);
        HostileNeighbours strangers =
                new HostileNeighbours(nodes.port(leader), key == null ? null : certificates.context(key, ALL));

        strangers.tryEverything();
        strangers.flood(150);
        if (key != null) {
            HostileNeighbours plain = new HostileNeighbours(nodes.port(leader), null);
            plain.flood(20);
        }
        if (second != null) {
            new HostileNeighbours(nodes.port(leader), certificates.context(second, ALL)).flood(20);
        }

        ThreeNodes.map(leader).put("last", "written");
        assertThat(ThreeNodes.token(leader)).isEqualTo(token);
        assertThat(nodes.contexts())
                .allSatisfy(node -> assertThat(ThreeNodes.changes(node)).isEmpty());
        return strangers;
    }

    private static void awaitTrusted(ThreeNodes nodes, int pid, int count) {
        SslBundles known = nodes.contexts().get(pid - 1).getBean(SslBundles.class);
        await().atMost(ThreeNodes.PATIENCE).until(() -> {
            SslBundle bundle = known.getBundle("peers");
            return bundle.getStores().getTrustStore().size() == count;
        });
    }

    private static void awaitKey(ThreeNodes nodes, int pid) {
        SslBundles known = nodes.contexts().get(pid - 1).getBean(SslBundles.class);
        await().atMost(ThreeNodes.PATIENCE)
                .until(() -> certificates
                        .certificate("next-" + pid)
                        .equals(known.getBundle("peers")
                                .getStores()
                                .getKeyStore()
                                .getCertificate("node")));
    }

    private static IntFunction<List<String>> bundles(String test) throws Exception {
        for (int pid = 1; pid <= 3; pid++) {
            Files.copy(certificates.key("node-" + pid), keyStore(test, pid));
        }
        return pid -> with(
                bundle("peers", keyStore(test, pid), certificates.trust(test + "-" + pid, ALL)),
                "--omnipaxos.transport.ssl-bundle=peers",
                LONG_LEASE);
    }

    private static Path keyStore(String test, int pid) {
        return directory.resolve(test + "-" + pid + ".p12");
    }

    private static List<String> bundle(String name, Path key, Path trust) {
        String prefix = "--spring.ssl.bundle.jks." + name + ".";
        return List.of(
                prefix + "keystore.location=file:" + key,
                prefix + "keystore.password=" + Certificates.PASSWORD,
                prefix + "truststore.location=file:" + trust,
                prefix + "truststore.password=" + Certificates.PASSWORD);
    }

    private static List<String> with(List<String> arguments, String... more) {
        return Stream.concat(arguments.stream(), Arrays.stream(more)).toList();
    }
}
