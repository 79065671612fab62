package io.omnipaxos.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.sample.cluster.SampleCluster;
import io.omnipaxos.sample.cluster.SampleNode;
import io.omnipaxos.sample.cluster.SampleProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node alone is a legal cluster. */
class SingleNodeIT {

    @RegisterExtension
    final SampleCluster cluster = new SampleCluster(0);

    @Test
    void leadsWithNothingButAPid() {
        SampleProcess process = cluster.process(
                "alone",
                "--omnipaxos.pid=1",
                "--omnipaxos.storage.directory=" + cluster.directory().resolve("alone"));
        SampleNode node = new SampleNode(1, process);

        process.start();

        await("an answer")
                .atMost(Duration.ofSeconds(120))
                .until(() -> node.status().isPresent());
        await("leadership")
                .atMost(Duration.ofSeconds(60))
                .until(() -> node.leading().isPresent());
        await("a write")
                .atMost(Duration.ofSeconds(60))
                .until(() -> node.put("key", "value").isOk());
        await("a read")
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(node.get("key").body()).isEqualTo("value"));
        await("a settlement")
                .atMost(Duration.ofSeconds(60))
                .until(() -> node.lastSettled().orElse(0L) > 0);
    }
}
