package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.StringUtils;

@ExtendWith(OutputCaptureExtension.class)
class PeerLinkTest {

    private final AtomicLong now = new AtomicLong();
    private final PeerLink link = new PeerLink(Nodes.settings(1, null), 2, now::get, new Counters());

    @Test
    void refusalsThatTakeTurnsAreEachLoggedOnceInAMinute(CapturedOutput output) {
        for (int turn = 0; turn < 10; turn++) {
            link.failed(Lane.HEARTBEAT, PeerFailure.batchRefused("403: another cluster"));
            link.failed(Lane.LOG, PeerFailure.batchRefused("413: too large"));
            now.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        assertThat(StringUtils.countOccurrencesOf(output.toString(), "403: another cluster"))
                .isEqualTo(1);
        assertThat(StringUtils.countOccurrencesOf(output.toString(), "413: too large"))
                .isEqualTo(1);

        now.addAndGet(Duration.ofMinutes(1).toNanos());
        link.failed(Lane.HEARTBEAT, PeerFailure.batchRefused("403: another cluster"));
        assertThat(StringUtils.countOccurrencesOf(output.toString(), "403: another cluster"))
                .isEqualTo(2);
    }

    @Test
    void moreKindsOfRefusalsThanAreRememberedDoNoHarm(CapturedOutput output) {
        for (int kind = 0; kind < 100; kind++) {
            link.failed(Lane.LOG, PeerFailure.batchRefused("kind " + kind + "."));
        }

        assertThat(output).contains("kind 0.", "kind 99.");
    }
}
