package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.transport.Certificates;
import io.omnipaxos.spring.transport.PeerSecurity;
import io.omnipaxos.spring.transport.PeerTls;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What an operator sees of secrets and certificates at the start. */
class PeerSecurityTests {

    @TempDir
    private static Path directory;

    private static Certificates certificates;

    private final ApplicationContextRunner node = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(OmniPaxosAutoConfiguration.class, SslAutoConfiguration.class))
            .withPropertyValues("omnipaxos.pid=1", "omnipaxos.storage.type=memory", "omnipaxos.transport.port=0");

    private final WebApplicationContextRunner application = new WebApplicationContextRunner(
                    AnnotationConfigServletWebServerApplicationContext::new)
            .withConfiguration(AutoConfigurations.of(
                    OmniPaxosAutoConfiguration.class,
                    SslAutoConfiguration.class,
                    TomcatServletWebServerAutoConfiguration.class))
            .withPropertyValues("omnipaxos.pid=1", "omnipaxos.storage.type=memory", "server.port=0");

    @BeforeAll
    static void makeCertificates() {
        certificates = new Certificates(directory);
    }

    @Test
    void takesKeyAndTrustFromTheBundleAndBothSecretsFromTheProperties() {
        node.withPropertyValues(bundle("peers"))
                .withPropertyValues(
                        "omnipaxos.peers.2=https://10.0.0.2:9000",
                        "omnipaxos.transport.ssl-bundle=peers",
                        "omnipaxos.transport.shared-secret=hush",
                        "omnipaxos.transport.shared-secret-previous=hush before")
                .run(context -> {
                    PeerSecurity security = context.getBean(PeerSecurity.class);
                    assertThat(security.secret()).isEqualTo("hush");
                    assertThat(security.previousSecret()).isEqualTo("hush before");
                    assertThat(security.tls()).isNotNull();
                    assertThat(security.toString()).doesNotContain("hush");
                });
    }

    @Test
    void refusesABundleThatDoesNotExist() {
        node.withPropertyValues("omnipaxos.transport.ssl-bundle=peers")
                .run(context -> assertFault(
                        context,
                        "omnipaxos.transport.ssl-bundle names the bundle 'peers', but there is no SSL bundle of that name",
                        "Define it below spring.ssl.bundle.pem.peers"));
        node.withPropertyValues(bundle("others"))
                .withPropertyValues("omnipaxos.transport.ssl-bundle=peers")
                .run(context -> assertFault(context, "but there are [others]", "or correct"));
    }

    @Test
    void refusesABundleThatIsHalfOfOne() {
        String[] whole = bundle("peers");
        node.withPropertyValues("omnipaxos.transport.ssl-bundle=peers")
                .withPropertyValues(whole[0], whole[1])
                .run(context -> assertFault(context, "a public authority would be a peer", "Add a truststore"));
        node.withPropertyValues("omnipaxos.transport.ssl-bundle=peers")
                .withPropertyValues(whole[2], whole[3])
                .run(context -> assertFault(context, "it has no key", "Add a keystore"));
    }

    @Test
    void refusesABundleThatCannotBeRead() {
        node.withPropertyValues(bundle("peers"))
                .withPropertyValues(
                        "omnipaxos.transport.ssl-bundle=peers", "spring.ssl.bundle.jks.peers.keystore.password=wrong")
                .run(context -> assertFault(context, "it cannot be used: ", "Correct the bundle and its files"));
    }

    @Test
    void refusesPeersElsewhereThatNothingTellsFromStrangersWhereverTheirAddressesComeFrom() {
        node.withUserConfiguration(AddressElsewhere.class)
                .run(context -> assertFault(
                        context,
                        "Nothing tells peers from strangers, but the peer at http://192.0.2.7:8080 is not on the loopback",
                        "Set omnipaxos.transport.shared-secret"));
        node.withUserConfiguration(AddressElsewhere.class)
                .withPropertyValues(bundle("peers"))
                .withPropertyValues("omnipaxos.transport.ssl-bundle=peers")
                .run(context -> assertFault(
                        context, "the peer at http://192.0.2.7:8080 is not reached by https", "Write https://"));
        node.withUserConfiguration(AddressElsewhere.class)
                .withPropertyValues("omnipaxos.transport.shared-secret=hush")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            server.ssl.enabled=false                             | does not speak TLS
            server.ssl.bundle=peers                              | asks nobody for a certificate
            server.ssl.bundle=peers,server.ssl.client-auth=none  | asks nobody for a certificate
            """)
    void refusesAWebServerThatNeverSeesTheCertificatesOnWhichAllRests(String properties, String words) {
        onSharedPort()
                .withPropertyValues(properties.split(","))
                .run(context ->
                        assertFault(context.getStartupFailure(), words, "server.ssl.client-auth=want (or need"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"want", "need"})
    void acceptsAWebServerThatAsksForCertificates(String clientAuth) {
        onSharedPort()
                .withPropertyValues("server.ssl.bundle=peers", "server.ssl.client-auth=" + clientAuth)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void needsNoCertificatesOnTheSharedPortWhereThereIsASecret() {
        onSharedPort()
                .withPropertyValues("omnipaxos.transport.shared-secret=hush")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void followsTheBundleAndKeepsWhatItHasIfANewOneCannotBeUsed() {
        DefaultSslBundleRegistry registry = new DefaultSslBundleRegistry("peers", sslBundle("one", "one"));
        PeerTls tls = BundledTls.of("peers", registry);
        PeerTls.Material first = tls.present();

        registry.updateBundle("peers", SslBundle.of(SslStoreBundle.NONE));
        assertThat(tls.present()).isSameAs(first);

        registry.updateBundle("peers", sslBundle("two", "one", "two"));
        assertThat(tls.present()).isNotSameAs(first);
        assertThat(tls.present().trusted().getAcceptedIssuers())
                .containsExactlyInAnyOrder(certificates.certificate("one"), certificates.certificate("two"));
    }

    private WebApplicationContextRunner onSharedPort() {
        return application
                .withPropertyValues(bundle("peers"))
                .withPropertyValues("omnipaxos.peers.2=https://127.0.0.1:1", "omnipaxos.transport.ssl-bundle=peers");
    }

    private static String[] bundle(String name) {
        String prefix = "spring.ssl.bundle.jks." + name + ".";
        return new String[] {
            prefix + "keystore.location=file:" + certificates.key("one"),
            prefix + "keystore.password=" + Certificates.PASSWORD,
            prefix + "truststore.location=file:" + certificates.trust("one", "one"),
            prefix + "truststore.password=" + Certificates.PASSWORD
        };
    }

    private static SslBundle sslBundle(String key, String... trusted) {
        return SslBundle.of(new JksSslStoreBundle(
                JksSslStoreDetails.forLocation("file:" + certificates.key(key)).withPassword(Certificates.PASSWORD),
                JksSslStoreDetails.forLocation("file:" + certificates.trust(key, trusted))
                        .withPassword(Certificates.PASSWORD)));
    }

    private static void assertFault(AssertableApplicationContext context, String description, String action) {
        assertFault(context.getStartupFailure(), description, action);
    }

    /** As a person sees it. */
    private static void assertFault(@Nullable Throwable failure, String description, String action) {
        assertThat(failure).isNotNull();
        var analysis = Objects.requireNonNull(new OmniPaxosStartupFailureAnalyzer().analyze(failure));
        assertThat(analysis.getDescription()).contains(description);
        assertThat(analysis.getAction()).contains(action);
    }

    @Configuration(proxyBeanMethods = false)
    static class AddressElsewhere {

        @Bean
        OmniPaxosConnectionDetails elsewhere() {
            return new OmniPaxosConnectionDetails() {
                @Override
                public Set<Long> peers() {
                    return Set.of(2L);
                }

                @Override
                public URI url(long pid) {
                    return URI.create("http://192.0.2.7:8080");
                }
            };
        }
    }
}
