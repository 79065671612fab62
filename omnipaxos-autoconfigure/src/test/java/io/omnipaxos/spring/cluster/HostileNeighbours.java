package io.omnipaxos.spring.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Whoever can reach the port of a node, and what he may try there. Sees what comes back, and expects nothing of it. */
final class HostileNeighbours {

    private static final int BYTES_OF_ENDLESS = 20_000_000;
    private static final int READ_TIMEOUT_MILLIS = 3_000;

    private final int port;
    private final @Nullable SSLContext tls;
    private final List<String> answers = new ArrayList<>();

    /**
     * Attacks one port.
     *
     * @param tls null for plain HTTP
     */
    HostileNeighbours(int port, @Nullable SSLContext tls) {
        this.port = port;
        this.tls = tls;
    }

    /** The beginning of every answer so far, empty where the connection was closed without one. */
    List<String> answers() {
        return answers;
    }

    void tryEverything() {
        for (String path : List.of("/omnipaxos/messages", "/omnipaxos/members", "/", "/actuator/omnipaxos")) {
            send(post(path, headers("") + "Content-Length: 3\r\n\r\nabc"));
            send(post(path, headers(signature("00")) + "Content-Length: 3\r\n\r\nabc"));
        }
        send(post("/omnipaxos/messages", headers(signature("ab")) + "Content-Length: 1000\r\n\r\ntruncated"));
        send(post("/omnipaxos/messages", headers(signature("ab")) + "Content-Length: 1000000000000\r\n\r\nhuge"));
        send(post("/omnipaxos/messages", headers(signature("ab")) + "Content-Length: -5\r\n\r\nnegative"));
        send(post("/omnipaxos/messages", headers(signature("ab")) + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"));
        send(post("/omnipaxos/messages", "A: " + "b".repeat(100_000) + "\r\n\r\n"));
        send(post("/omnipaxos/messages", "A: b\r\n".repeat(10_000) + "\r\n"));
        send("GET /omnipaxos/messages HTTP/1.1\r\nHost: a\r\n\r\n");
        send("TRACE /omnipaxos/messages HTTP/1.1\r\nHost: a\r\nSecret: echoed\r\n\r\n");
        send("NONSENSE\r\n\r\n");
        send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        endless();
        randomBytes();
    }

    /** Unsigned and wrongly signed requests, one after the other. */
    void flood(int requests) {
        for (int i = 0; i < requests; i++) {
            String proof = i % 2 == 0 ? "" : signature("cd");
            send(post("/omnipaxos/messages", headers(proof) + "Content-Length: 3\r\n\r\nabc"));
        }
    }

    private void randomBytes() {
        Random random = new Random(7);
        for (int i = 0; i < 20; i++) {
            byte[] bytes = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(bytes);
            send(new String(bytes, StandardCharsets.ISO_8859_1), true);
        }
    }

    private void endless() {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes(
                    post("/omnipaxos/messages", headers(signature("ab")) + "Transfer-Encoding: chunked\r\n\r\n")));
            byte[] chunk = bytes("1000\r\n" + "x".repeat(0x1000) + "\r\n");
            for (int written = 0; written < BYTES_OF_ENDLESS; written += chunk.length) {
                out.write(chunk);
            }
        } catch (IOException cutOff) {
            answers.add("");
        }
    }

    private void send(String request) {
        send(request, false);
    }

    private void send(String request, boolean hangUp) {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes(request));
            if (hangUp) {
                socket.shutdownOutput();
            }
            byte[] answer = socket.getInputStream().readNBytes(4_000);
            answers.add(new String(answer, StandardCharsets.UTF_8));
        } catch (IOException closed) {
            answers.add("");
        }
    }

    private Socket connect() throws IOException {
        Socket socket = tls == null
                ? new Socket("127.0.0.1", port)
                : tls.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        return socket;
    }

    private static String post(String path, String rest) {
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + rest;
    }

    private static String headers(String proof) {
        return "Content-Type: application/cbor\r\nOmnipaxos-Sender: 2\r\nOmnipaxos-Receiver: 1\r\nOmnipaxos-Boot: b\r\n"
                + "Omnipaxos-Counter: 1\r\nOmnipaxos-Lane: log\r\n" + proof;
    }

    private static String signature(String octet) {
        return "Omnipaxos-Signature: " + octet.repeat(32) + "\r\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
