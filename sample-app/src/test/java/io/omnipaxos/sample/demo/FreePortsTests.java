package io.omnipaxos.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FreePortsTests {

    @Test
    void portsAreDifferentAndBelowThoseOfOutgoingConnections() {
        assertThat(FreePorts.find(10))
                .hasSize(10)
                .doesNotHaveDuplicates()
                .allSatisfy(port -> assertThat(port).isBetween(20_000, 30_000));
    }
}
