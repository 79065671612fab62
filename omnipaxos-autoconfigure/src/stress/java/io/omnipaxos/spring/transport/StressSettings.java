package io.omnipaxos.spring.transport;

import java.time.Duration;

/** What the tests of this package run with. */
final class StressSettings {

    static final HttpTransportSettings ONE = new HttpTransportSettings(
            "stress",
            1,
            "/omnipaxos",
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            1 << 16,
            null,
            null);

    private StressSettings() {}
}
