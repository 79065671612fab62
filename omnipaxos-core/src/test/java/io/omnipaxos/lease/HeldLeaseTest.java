package io.omnipaxos.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.Lease;
import org.junit.jupiter.api.Test;

/** Line 4 of the lease: which grants make it, and from when each counts. */
class HeldLeaseTest {

    private static final long HELD = 500 * 99 / 101;

    private final HeldLease held = new HeldLease(new Ballot(1, 1, 0, 5), 5, 3, new LeaseTerms(500, 0.01));

    @Test
    void line4_thereIsNoLeaseBeforeAWriteQuorumGranted() {
        held.beginRound(at(0), true);
        held.answered(1, 1, true);

        assertThat(held.lease(1)).isNull();
        held.answered(2, 1, true);
        assertThat(held.lease(1)).isNotNull();
    }

    @Test
    void line4_theLeaseCountsFromTheSendNotFromTheAnswer() {
        held.beginRound(at(1_000), true);
        held.answered(1, 1, true);
        held.answered(2, 1, true);

        Lease lease = held.lease(4);

        assertThat(lease.sentAt()).isEqualTo(at(1_000));
        assertThat(lease.durationNanos()).isEqualTo(HELD);
        assertThat(lease.fencingToken()).isEqualTo(4);
        assertThat(lease.endsAtNanos()).isEqualTo(1_000 + HELD);
    }

    @Test
    void line4_anAnswerCountsFromTheSendOfItsOwnRoundNotOfTheLatest() {
        held.beginRound(at(0), true);
        held.beginRound(at(100), true);
        held.beginRound(at(200), true);
        held.answered(1, 1, true);
        held.answered(2, 2, true);

        assertThat(held.lease(1).sentAt()).isEqualTo(at(0));
        held.answered(1, 3, true);
        assertThat(held.lease(1).sentAt()).isEqualTo(at(100));
    }

    @Test
    void line4_theLeaseReachesAsFarAsTheWriteQuorumThatReachesFurthest() {
        held.beginRound(at(0), true);
        held.answered(1, 1, true);
        held.answered(2, 1, true);
        held.beginRound(at(100), true);
        held.answered(3, 2, true);
        assertThat(held.lease(1).sentAt()).isEqualTo(at(0));

        held.answered(4, 2, true);

        assertThat(held.lease(1).sentAt()).isEqualTo(at(100));
    }

    @Test
    void line1_anAnswerToARoundNotNewerThanTheLastRenewsNothing() {
        held.beginRound(at(0), true);
        held.beginRound(at(100), true);
        held.answered(1, 2, true);
        held.answered(2, 2, true);

        held.answered(1, 1, true);

        assertThat(held.lease(1).sentAt()).isEqualTo(at(100));
    }

    @Test
    void theSameGrantTwiceIsOneGrant() {
        held.beginRound(at(0), true);
        held.answered(1, 1, true);
        held.answered(1, 1, true);

        assertThat(held.lease(1)).isNull();
    }

    @Test
    void anAnswerWithoutAGrantRenewsNothing() {
        held.beginRound(at(0), true);
        held.answered(1, 1, false);
        held.answered(2, 1, false);

        assertThat(held.lease(1)).isNull();
    }

    @Test
    void aRoundThatWasNeverSentIsNotGranted() {
        held.beginRound(at(0), true);
        held.answered(1, 2, true);
        held.answered(2, 0, true);

        assertThat(held.lease(1)).isNull();
    }

    @Test
    void aLeaderThatAsksNobodyDoesNotGrantItselfEither() {
        held.beginRound(at(0), false);
        held.answered(1, 1, true);
        held.answered(2, 1, true);

        assertThat(held.lease(1)).isNull();
    }

    @Test
    void anAnswerThatComesAfterItsGrantHasEndedGivesNoLease() {
        held.beginRound(at(0), true);
        held.beginRound(at(600), true);
        held.answered(1, 1, true);
        held.answered(2, 1, true);

        Lease lease = held.lease(1);

        assertThat(lease == null || !lease.holdsAt(at(600))).isTrue();
    }

    @Test
    void aGrantIsAliveForAsLongAsItCounts() {
        held.beginRound(at(0), true);
        held.answered(1, 1, true);

        assertThat(held.isGrantedBy(1, HELD - 1)).isTrue();
        assertThat(held.isGrantedBy(1, HELD)).isFalse();
        assertThat(held.isGrantedBy(2, 0)).isFalse();
    }

    @Test
    void aNodeAloneHasItsOwnGrant() {
        HeldLease alone = new HeldLease(new Ballot(1, 1, 0, 5), 5, 1, new LeaseTerms(500, 0.01));

        alone.beginRound(at(70), true);

        assertThat(alone.lease(1).sentAt()).isEqualTo(at(70));
    }

    private static ClockReading at(long nanos) {
        return new ClockReading(nanos, 0);
    }
}
