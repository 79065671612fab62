package io.omnipaxos.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import org.junit.jupiter.api.Test;

/** Lines 3, 7 and 8 of the lease: the one gate that every raise of the promise passes. */
class PromiseGateTest {

    private static final Ballot LED = new Ballot(1, 3, 0, 1);
    private static final Ballot NEXT = new Ballot(1, 4, 0, 2);

    private final PromiseGate gate = new PromiseGate();

    @Test
    void withoutAnyGrantItIsOpen() {
        assertThat(gate.isOpen(0)).isTrue();
        assertThat(gate.isOpenFor(NEXT, 0)).isTrue();
    }

    @Test
    void line3_aLiveGrantClosesItForEveryOtherBallot() {
        gate.grant(LED, 500);

        assertThat(gate.isOpenFor(NEXT, 499)).isFalse();
        assertThat(gate.isOpen(499)).isFalse();
        assertThat(gate.isOpenFor(LED, 499)).isTrue();
        assertThat(gate.isOpenFor(NEXT, 500)).isTrue();
        assertThat(gate.isOpen(500)).isTrue();
    }

    @Test
    void aShorterGrantToTheSameBallotShortensNothing() {
        gate.grant(LED, 500);
        gate.grant(LED, 300);

        assertThat(gate.isOpen(400)).isFalse();
    }

    @Test
    void aGrantToALaterBallotTakesThePlaceOfTheEarlier() {
        gate.grant(LED, 500);
        gate.grant(NEXT, 800);

        assertThat(gate.isOpenFor(LED, 700)).isFalse();
        assertThat(gate.isOpenFor(NEXT, 700)).isTrue();
    }

    @Test
    void line7_afterARestartItOpensWhenEveryGrantThatMayHaveBeenGivenHasEnded() {
        gate.awaitGrantsBefore(LED, 900);

        assertThat(gate.isOpenFor(NEXT, 899)).isFalse();
        assertThat(gate.isOpen(899)).isFalse();
        assertThat(gate.isOpenFor(NEXT, 900)).isTrue();
    }

    @Test
    void line7_promisingTheSameBallotAgainWaitsForNothing() {
        gate.awaitGrantsBefore(LED, 900);

        assertThat(gate.isOpenFor(LED, 0)).isTrue();
    }

    @Test
    void line7_aGrantAfterTheRestartClosesItBeyondTheWait() {
        gate.awaitGrantsBefore(LED, 900);
        gate.grant(LED, 1_200);

        assertThat(gate.isOpen(1_000)).isFalse();
        assertThat(gate.isOpen(1_200)).isTrue();
    }

    @Test
    void line8_aReleaseOpensItAtOnce() {
        gate.grant(LED, 500);

        gate.release(LED);

        assertThat(gate.isOpenFor(NEXT, 1)).isTrue();
        assertThat(gate.isOpen(1)).isTrue();
        assertThat(gate.released()).isEqualTo(LED);
    }

    @Test
    void line8_aReleaseEndsTheWaitAfterARestartToo() {
        gate.awaitGrantsBefore(LED, 900);

        gate.release(LED);

        assertThat(gate.isOpen(1)).isTrue();
    }

    @Test
    void line8_nothingIsGrantedToAReleasedBallotAnyMore() {
        gate.release(LED);

        assertThat(gate.grant(LED, 500)).isFalse();
        assertThat(gate.isOpen(1)).isTrue();
        assertThat(gate.isReleased(LED)).isTrue();
        assertThat(gate.isReleased(NEXT)).isFalse();
        assertThat(gate.isReleased(Ballot.NONE)).isFalse();
    }

    @Test
    void aReleaseOfAnotherBallotOpensNothing() {
        gate.grant(NEXT, 500);

        gate.release(LED);

        assertThat(gate.isOpen(1)).isFalse();
    }
}
