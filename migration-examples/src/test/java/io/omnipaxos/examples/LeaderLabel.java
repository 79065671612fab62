package io.omnipaxos.examples;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.OnLeaderChanged;
import java.util.Map;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.MediaType;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

@Component
class LeaderLabel {

    private static final MediaType MERGE_PATCH = MediaType.valueOf("application/merge-patch+json");

    private final Leadership leadership;
    private final RestClient kubernetes;
    private final String namespace;
    private final String pod;
    private String written = "";

    LeaderLabel(
            Leadership leadership,
            @Qualifier("kubernetes") RestClient kubernetes,
            @Value("${POD_NAMESPACE}") String namespace,
            @Value("${POD_NAME}") String pod) {
        this.leadership = leadership;
        this.kubernetes = kubernetes;
        this.namespace = namespace;
        this.pod = pod;
    }

    /** At each change, and again where the API server did not answer. */
    @OnLeaderChanged
    @Scheduled(fixedDelay = 5000)
    synchronized void label() {
        String leads = Boolean.toString(leadership.isLeader());
        if (!leads.equals(written)) {
            kubernetes
                    .patch()
                    .uri("/api/v1/namespaces/{namespace}/pods/{pod}", namespace, pod)
                    .contentType(MERGE_PATCH)
                    .body(Map.of("metadata", Map.of("labels", Map.of("leader", leads))))
                    .retrieve()
                    .toBodilessEntity();
            written = leads;
        }
    }
}
