package io.omnipaxos.spring.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import io.omnipaxos.spring.transport.Certificates;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The leader's application speaks TLS. */
@Timeout(120)
class SecuredRoutingTests {

    @TempDir
    static Path directory;

    private static Certificates certificates;
    private static RoutedApplication leader;

    @BeforeAll
    static void start() {
        certificates = new Certificates(directory);
        leader = new RoutedApplication(
                2,
                "",
                Beans.class,
                arguments(
                        bundle("web", "leader", "leader", "follower"),
                        "--server.ssl.bundle=web",
                        "--server.ssl.client-auth=want"));
        leader.leadership().lead(42);
    }

    @AfterAll
    static void stop() {
        leader.close();
    }

    @Test
    void theBundleForRoutingIsUsed() throws Exception {
        assertThat(forwarded(arguments(bundle("way", null, "leader", "leader"), "--omnipaxos.routing.ssl-bundle=way"))
                        .body())
                .isEqualTo("over https, without a certificate");
    }

    @Test
    void theBundleOfTheTransportIsUsedWithoutOne() throws Exception {
        assertThat(forwarded(arguments(
                                bundle("peers", "follower", "follower", "leader"),
                                "--omnipaxos.transport.ssl-bundle=peers"))
                        .body())
                .isEqualTo("over https, with a certificate");
    }

    @Test
    void aLeaderThatIsNotTrustedIsSentNothing() throws Exception {
        for (String[] arguments : List.of(
                arguments(List.of()),
                arguments(bundle("way", null, "other", "other"), "--omnipaxos.routing.ssl-bundle=way"))) {
            HttpResponse<String> answer = forwarded(arguments);

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("nothing was sent");
        }
    }

    @Test
    void aLeaderMayHaveNoOtherHostThanItsCertificate() throws Exception {
        certificates.keyOfOtherHost("elsewhere");
        try (RoutedApplication impostor = new RoutedApplication(
                2,
                "",
                Beans.class,
                arguments(bundle("web", "elsewhere", "elsewhere", "leader"), "--server.ssl.bundle=web"))) {
            impostor.leadership().lead(42);

            assertThat(forwarded(
                                    impostor,
                                    arguments(
                                            bundle("way", null, "impostor", "elsewhere"),
                                            "--omnipaxos.routing.ssl-bundle=way"))
                            .body())
                    .contains("nothing was sent");
        }
    }

    private static HttpResponse<String> forwarded(String... arguments) throws Exception {
        return forwarded(leader, arguments);
    }

    private static HttpResponse<String> forwarded(RoutedApplication to, String... arguments) throws Exception {
        try (RoutedApplication follower = new RoutedApplication(1, "", Beans.class, arguments)) {
            follower.follow(2, URI.create("https://127.0.0.1:" + to.base().getPort()));
            HttpRequest request = HttpRequest.newBuilder(follower.url("/work")).build();
            return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        }
    }

    private static String[] arguments(List<String> some, String... more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static List<String> bundle(String name, String key, String store, String... trusted) {
        String prefix = "--spring.ssl.bundle.jks." + name + ".";
        List<String> bundle = new ArrayList<>(List.of(
                prefix + "truststore.location=file:" + certificates.trust(store + name, trusted(trusted)),
                prefix + "truststore.password=" + Certificates.PASSWORD));
        if (key != null) {
            bundle.add(prefix + "keystore.location=file:" + certificates.key(key));
            bundle.add(prefix + "keystore.password=" + Certificates.PASSWORD);
        }
        return bundle;
    }

    private static String[] trusted(String... names) {
        for (String name : names) {
            certificates.key(name);
        }
        return names;
    }

    @Import(Work.class)
    static class Beans {}

    @RestController
    static class Work {

        @RequestMapping("/work")
        @LeaderOnly(otherwise = Otherwise.FORWARD)
        String work(HttpServletRequest request) {
            boolean shown = request.getAttribute("jakarta.servlet.request.X509Certificate") != null;
            return "over " + request.getScheme() + (shown ? ", with" : ", without") + " a certificate";
        }
    }
}
