package io.omnipaxos.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.NotLeaderException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try")
class AdmissionsTest {

    private static final Ballot BALLOT = new Ballot(1, 1, 0, 1);
    private static final Ballot LATER = new Ballot(1, 2, 0, 1);

    private final Host host = Host.machine();
    private final Admissions admissions = new Admissions(host, () -> new NotLeaderException("no leader", null));

    @Test
    void theDrainWaitsForTheWorkThatRunningWorkWentOnTo() {
        lead(BALLOT, 7);
        Admission whole = admissions.admit();
        CompletableFuture<Void> drained = drain(BALLOT);

        Admission part;
        try (whole;
                Admission.Scope scope = whole.bind()) {
            part = admissions.admit();
        }

        assertThat(part.fencingToken()).isEqualTo(7);
        assertThat(drained).isNotDone();
        part.close();
        assertThat(drained).isDone();
    }

    @Test
    void workThatIsOverGoesOnToNothing() {
        lead(BALLOT, 7);
        Admission whole = admissions.admit();
        try (Admission.Scope scope = whole.bind()) {
            whole.close();
            CompletableFuture<Void> drained = drain(BALLOT);

            assertThatThrownBy(admissions::admit).isInstanceOf(NotLeaderException.class);

            assertThat(drained).isDone();
        }
    }

    @Test
    void workOfAnEarlierLeadershipIsNoPartOfTheOneThatDrains() {
        lead(BALLOT, 7);
        Admission whole = admissions.admit();
        lead(LATER, 8);
        CompletableFuture<Void> unused = drain(LATER);

        try (whole;
                Admission.Scope scope = whole.bind()) {
            assertThatThrownBy(admissions::admit).isInstanceOf(NotLeaderException.class);
        }
    }

    @Test
    void workGoesOnToNothingOnceTheLeaseIsLost() {
        lead(BALLOT, 7);
        Admission whole = admissions.admit();
        admissions.publish(null);

        try (whole;
                Admission.Scope scope = whole.bind()) {
            assertThatThrownBy(admissions::admit).isInstanceOf(NotLeaderException.class);
        }
    }

    private void lead(Ballot ballot, long token) {
        admissions.publish(
                new Lease(ballot, token, host.now(), Duration.ofHours(1).toNanos()));
    }

    private CompletableFuture<Void> drain(Ballot ballot) {
        admissions.stopFor(ballot);
        return admissions.drained(ballot);
    }
}
