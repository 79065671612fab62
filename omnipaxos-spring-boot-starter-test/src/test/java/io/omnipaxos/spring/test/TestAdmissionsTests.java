package io.omnipaxos.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.NotLeaderException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TestAdmissionsTests {

    private final List<CompletableFuture<Void>> drains = new ArrayList<>();
    private Runnable meanwhile = () -> {};

    /** Where another thread comes in between what this one reads and what it makes of it. */
    private final TestAdmissions admissions = new TestAdmissions() {
        @Override
        long admittedToken() {
            long token = super.admittedToken();
            meanwhile.run();
            return token;
        }
    };

    @Test
    void aDrainWaitsForWorkThatIsLetInMeanwhile() {
        admissions.open(5);
        meanwhile = () -> {
            admissions.close();
            drains.add(admissions.drained(5));
        };

        Admission work = admissions.admit(token -> false, TestAdmissionsTests::refusal);

        assertThat(work.fencingToken()).isEqualTo(5);
        assertThat(drains).hasSize(1).noneMatch(CompletableFuture::isDone);
        work.close();
        assertThat(drains).allMatch(CompletableFuture::isDone);
    }

    @Test
    void aDrainDoesNotWaitForWorkThatALaterLeadershipLetsInMeanwhile() {
        admissions.open(5);
        meanwhile = () -> drains.add(admissions.drained(4));

        try (Admission work = admissions.admit(token -> false, TestAdmissionsTests::refusal)) {
            assertThat(work.fencingToken()).isEqualTo(5);
            assertThat(drains).hasSize(1).allMatch(CompletableFuture::isDone);
        }
    }

    private static NotLeaderException refusal() {
        return new NotLeaderException("not now", null);
    }
}
