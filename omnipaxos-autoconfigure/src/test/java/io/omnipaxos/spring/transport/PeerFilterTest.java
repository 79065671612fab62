package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.spring.transport.Nodes.Inbox;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.RemoteIpValve;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.filter.ForwardedHeaderFilter;

/** Nodes 1 and 2 on one Tomcat, each under a context path, as if each were an application. */
@Timeout(60)
class PeerFilterTest {

    @TempDir
    private Path directory;

    private final Map<Long, URI> addresses = new ConcurrentHashMap<>();
    private final HttpTransport one = Nodes.transport(Nodes.patient(Nodes.settings(1, null)), addresses::get);
    private final HttpTransport two = Nodes.transport(Nodes.patient(Nodes.settings(2, null)), addresses::get);
    private final Inbox inboxOfOne = new Inbox();
    private final Inbox inboxOfTwo = new Inbox();
    private final Tomcat tomcat = new Tomcat();
    private final HttpClient client = HttpClient.newHttpClient();
    private final MessageCodec codec = new MessageCodec(Nodes.MAX_BYTES);

    @BeforeEach
    void start() throws Exception {
        tomcat.setBaseDir(directory.toString());
        tomcat.setPort(0);
        tomcat.setSilent(true);
        application("/one", one);
        application("/two", two);
        tomcat.start();
        addresses.put(1L, URI.create(base() + "/one/"));
        addresses.put(2L, URI.create(base() + "/two"));
        one.start(inboxOfOne);
        two.start(inboxOfTwo);
    }

    @AfterEach
    void stop() throws Exception {
        one.close();
        two.close();
        tomcat.stop();
        tomcat.destroy();
    }

    @Test
    void nodesTalkThroughTheApplicationsPort() throws Exception {
        one.send(List.of(Nodes.heartbeat(1, 2, 5), Nodes.entries(1, 2, 1, 1_000)));
        two.send(List.of(Nodes.heartbeat(2, 1, 6)));

        assertThat(List.of(inboxOfTwo.next(), inboxOfTwo.next()))
                .containsExactlyInAnyOrder(Nodes.heartbeat(1, 2, 5), Nodes.entries(1, 2, 1, 1_000));
        assertThat(inboxOfOne.next()).isEqualTo(Nodes.heartbeat(2, 1, 6));
    }

    @Test
    void keptConnectionsThatTomcatClosesAreNoFailures() throws Exception {
        for (int round = 1; round <= 500; round++) {
            one.send(List.of(Nodes.heartbeat(1, 2, round)));
            assertThat(inboxOfTwo.next()).isEqualTo(Nodes.heartbeat(1, 2, round));
        }

        await().until(() -> one.messages().sent() == 500);
        assertThat(inboxOfOne.reconnected).containsExactly(2L);
        assertThat(one.messages().dropped()).isZero();
    }

    @Test
    void otherPathsAreLeftToTheApplication() throws Exception {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(base() + "/one/omnipaxos/other"))
                        .GET()
                        .build(),
                BodyHandlers.ofString());

        assertThat(answer.body()).isEqualTo("application");
    }

    @Test
    void refusalsAreProblems() throws Exception {
        HttpResponse<String> type = client.send(
                HttpRequest.newBuilder(address())
                        .POST(BodyPublishers.ofString("hello"))
                        .build(),
                BodyHandlers.ofString());
        HttpResponse<String> size = client.send(request(new byte[900_000]).build(), BodyHandlers.ofString());

        assertProblem(type, 415);
        assertProblem(size, 413);
    }

    @Test
    void unsignedRequestsFromThisHostAreHeard() throws Exception {
        HttpResponse<byte[]> answer = client.send(request(goodBody()).build(), BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(inboxOfOne.next()).isEqualTo(Nodes.heartbeat(2, 1, 5));
    }

    /** Tomcat's valve removes some of these headers after it has believed them. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aForwardedRequestIsRefusedAlsoWhereTheServerHidTheHeaders(boolean valve) throws Exception {
        if (valve) {
            tomcat.getEngine().getPipeline().addValve(new RemoteIpValve());
        }
        for (String header : List.of("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-IP")) {
            HttpResponse<String> answer =
                    client.send(request(goodBody()).header(header, "127.0.0.1").build(), BodyHandlers.ofString());

            assertProblem(answer, 401);
        }
        assertThat(inboxOfOne.received).isEmpty();
    }

    @Test
    void aForwardedRequestIsRefusedAlsoWhereAFilterHidTheHeaders() throws Exception {
        MockHttpServletRequest request = mockRequest("127.0.0.1");
        request.addHeader("X-Forwarded-For", "127.0.0.1");
        MockHttpServletResponse response = new MockHttpServletResponse();
        PeerFilter filter = new PeerFilter("/omnipaxos", one::endpoint);

        new ForwardedHeaderFilter()
                .doFilter(request, response, (inner, answer) -> filter.doFilter(inner, answer, new MockFilterChain()));

        assertThat(response.getStatus()).isEqualTo(401);
    }

    @Test
    void aRequestFromElsewhereIsRefused() throws Exception {
        PeerFilter filter = new PeerFilter("/omnipaxos", one::endpoint);
        for (String remote : List.of("10.1.2.3", "2001:db8::1", "localhost", "", "fe80::1%eth0")) {
            MockHttpServletResponse response = new MockHttpServletResponse();
            filter.doFilter(mockRequest(remote), response, new MockFilterChain());
            assertThat(response.getStatus()).as(remote).isEqualTo(401);
        }
        for (String loopback : List.of("127.0.0.1", "127.9.9.9", "0:0:0:0:0:0:0:1", "::1")) {
            MockHttpServletResponse response = new MockHttpServletResponse();
            filter.doFilter(mockRequest(loopback), response, new MockFilterChain());
            assertThat(response.getStatus()).as(loopback).isEqualTo(200);
        }
    }

    @Test
    void aCertificateCountsIfThePeersTrustItAndTheWebServerItselfHasSeenIt() throws Exception {
        Certificates certificates = new Certificates(directory);
        PeerTls tls = new PeerTls(certificates.material("one", "one", "two"));
        HttpTransport strict = Nodes.transport(Nodes.secured(1, PeerSecurity.mutualTls(tls)), addresses::get);
        strict.start(new Inbox());
        try (strict) {
            assertThat(status(strict, withCertificate(certificates, "two"))).isEqualTo(200);
            assertThat(status(strict, withCertificate(certificates, "stranger")))
                    .isEqualTo(401);
            assertThat(status(strict, mockRequest("127.0.0.1"))).isEqualTo(401);
            MockHttpServletRequest plain = withCertificate(certificates, "two");
            plain.setSecure(false);
            assertThat(status(strict, plain)).isEqualTo(401);
            for (String header : List.of("X-Forwarded-For", "ssl_client_cert", "ssl_client_escaped_cert")) {
                MockHttpServletRequest fromProxy = withCertificate(certificates, "two");
                fromProxy.addHeader(header, "anything");
                assertThat(status(strict, fromProxy)).as(header).isEqualTo(401);
            }

            tls.renew(certificates.material("one", "one"));
            assertThat(status(strict, withCertificate(certificates, "two"))).isEqualTo(401);
        }
    }

    private MockHttpServletRequest withCertificate(Certificates certificates, String name) {
        MockHttpServletRequest request = mockRequest("10.1.2.3");
        request.setSecure(true);
        request.setAttribute(
                "jakarta.servlet.request.X509Certificate", new X509Certificate[] {certificates.certificate(name)});
        return request;
    }

    private static int status(HttpTransport transport, MockHttpServletRequest request) throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();
        new PeerFilter("/omnipaxos", transport::endpoint).doFilter(request, response, new MockFilterChain());
        return response.getStatus();
    }

    @Test
    void withoutANodeItSaysSo() throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();

        new PeerFilter("/omnipaxos", () -> null).doFilter(mockRequest("127.0.0.1"), response, new MockFilterChain());

        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getContentType()).isEqualTo("application/problem+json");
    }

    private void application(String contextPath, HttpTransport transport) {
        StandardContext context = (StandardContext) tomcat.addContext(contextPath, directory.toString());
        context.setClearReferencesThreadLocals(false);
        context.setClearReferencesRmiTargets(false);
        FilterDef filter = new FilterDef();
        filter.setFilterName("peers");
        filter.setFilter(new PeerFilter("/omnipaxos", transport::endpoint));
        context.addFilterDef(filter);
        FilterMap map = new FilterMap();
        map.setFilterName("peers");
        map.addURLPattern("/omnipaxos/*");
        context.addFilterMap(map);
        Tomcat.addServlet(context, "application", new Application());
        context.addServletMappingDecoded("/*", "application");
    }

    private static void assertProblem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("\"status\":" + status).doesNotContain("Exception");
    }

    private String base() {
        return "http://127.0.0.1:" + tomcat.getConnector().getLocalPort();
    }

    private URI address() {
        return URI.create(Objects.requireNonNull(addresses.get(1L)) + "omnipaxos/messages");
    }

    private HttpRequest.Builder request(byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address()).POST(BodyPublishers.ofByteArray(body));
        headers().forEach(request::header);
        return request;
    }

    private MockHttpServletRequest mockRequest(String remote) {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/omnipaxos/messages");
        headers().forEach(request::addHeader);
        request.setRemoteAddr(remote);
        request.setContent(goodBody());
        return request;
    }

    private static Map<String, String> headers() {
        return Map.of(
                "Content-Type",
                "application/cbor",
                PeerHeaders.SENDER,
                "2",
                PeerHeaders.RECEIVER,
                "1",
                PeerHeaders.BOOT,
                "boot",
                PeerHeaders.COUNTER,
                "1",
                PeerHeaders.LANE,
                "heartbeat");
    }

    private byte[] goodBody() {
        return codec.encode(new Batch("omnipaxos", 2, 1, "boot", List.of(Nodes.heartbeat(2, 1, 5))));
    }

    private static final class Application extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("application");
        }
    }
}
