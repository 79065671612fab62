package io.omnipaxos.sample.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks nodes, which may be dead or paused, and never waits for long. */
@Component
class NodeClient {

    /** Half the time between two questions of the page. */
    private static final Duration PATIENCE = Duration.ofMillis(400);

    private final JsonMapper mapper = JsonMapper.shared();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    /** Completes with what the node answers; fails with {@link IOException} if it is nothing of use. */
    CompletableFuture<JsonNode> get(URI node, String path) {
        HttpRequest request =
                HttpRequest.newBuilder(node.resolve(path)).timeout(PATIENCE).build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                .thenApply(this::json);
    }

    private JsonNode json(HttpResponse<byte[]> answer) {
        if (answer.statusCode() != 200) {
            throw new CompletionException(new IOException("status " + answer.statusCode()));
        }
        try {
            return mapper.readTree(answer.body());
        } catch (JacksonException invalid) {
            throw new CompletionException(new IOException("no JSON was answered", invalid));
        }
    }
}
