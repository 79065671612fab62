package io.omnipaxos.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LeaseTermsTest {

    @Test
    void line4_theDriftOfBothClocksIsTakenOff() {
        assertThat(new LeaseTerms(1_010_000, 0.01).heldNanos()).isBetween(989_999L, 990_000L);
        assertThat(new LeaseTerms(3_000, 0.5).heldNanos()).isBetween(999L, 1_000L);
    }

    @Test
    void line4_whateverTheDriftTheLeaderStopsBeforeTheFollowerIsFree() {
        for (double drift : new double[] {0, 0.001, 0.01, 0.1, 0.5, 0.9}) {
            LeaseTerms terms = new LeaseTerms(500_000_000, drift);
            double trueTimeOfSlowLeader = terms.heldNanos() / (1 - drift);
            double trueTimeOfFastFollower = terms.durationNanos() / (1 + drift);

            assertThat(trueTimeOfSlowLeader).as("drift %s", drift).isLessThanOrEqualTo(trueTimeOfFastFollower);
        }
    }

    @Test
    void withoutDriftNothingIsTakenOff() {
        assertThat(new LeaseTerms(500, 0).heldNanos()).isEqualTo(500);
    }

    @Test
    void whatCannotBeALeaseIsRefusedInWords() {
        assertThatThrownBy(() -> new LeaseTerms(0, 0.01)).hasMessageContaining("0 ns");
        assertThatThrownBy(() -> new LeaseTerms(500, 1)).hasMessageContaining("1.0");
        assertThatThrownBy(() -> new LeaseTerms(500, -0.1)).hasMessageContaining("-0.1");
        assertThatThrownBy(() -> new LeaseTerms(500, Double.NaN)).hasMessageContaining("NaN");
    }
}
