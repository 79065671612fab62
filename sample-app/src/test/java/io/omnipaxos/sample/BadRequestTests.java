package io.omnipaxos.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.sample.node.NodeApplication;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What no client in order sends, byte by byte, to a real web server: answered as a problem, and no noise in the log. */
@SpringBootTest(
        classes = NodeApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "omnipaxos.pid=1",
            "omnipaxos.storage.type=memory",
            "omnipaxos.transport.port=0",
            "management.endpoint.omnipaxos.access=unrestricted"
        })
@ExtendWith(OutputCaptureExtension.class)
class BadRequestTests {

    @LocalServerPort
    private int port;

    @ParameterizedTest
    @CsvSource({
        "GET, /settlements?limit=%F0%9F, 400",
        "GET, /actuator/omnipaxos?a=%F0%9F, 400",
        "GET, /store/none, 404",
        "PATCH, /store/a, 405",
    })
    void isAnsweredWithAProblem(String method, String path, int status, CapturedOutput output) throws IOException {
        String answer = send(method, path, "application/json", "");

        assertThat(answer).startsWith("HTTP/1.1 " + status).contains("application/problem+json");
        assertThat(output).doesNotContain("\tat ");
    }

    @Test
    void partsWithoutABoundaryAreNoFaultOfTheServer(CapturedOutput output) throws IOException {
        assertThat(send("PUT", "/store/a", "multipart/form-data", "parts")).startsWith("HTTP/1.1 200 ");
        assertThat(send("POST", "/actuator/omnipaxos", "multipart/form-data", "parts"))
                .startsWith("HTTP/1.1 415 ")
                .contains("application/problem+json");
        assertThat(output).doesNotContain("\tat ");
    }

    @Test
    void whatIsNoHttpIsRefusedQuietly(CapturedOutput output) throws IOException {
        assertThat(exchange("GET /settlements HTTP/1.1\r\nHost: a\r\nA: a\0b\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(output).doesNotContain("\tat ");
    }

    @Test
    void aDocumentIsReadNoFurtherThanTheLimit() throws IOException {
        String answer = send(
                "POST", "/actuator/omnipaxos", "application/json", "{\"action\":\"" + "x".repeat(1_100_000) + "\"}");

        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("application/problem+json");
    }

    private String send(String method, String path, String type, String body) throws IOException {
        return exchange(
                "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                        .formatted(method, path, type, body.length(), body));
    }

    private String exchange(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
