package io.omnipaxos.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.effect.Notice;
import io.omnipaxos.replica.Input;
import org.junit.jupiter.api.Test;

/** Planned change costs nothing: running work ends first, and until then the leader stays the leader. */
class PlannedHandoverTest {

    @Test
    void theLeaseIsKeptUntilRunningWorkHasEnded() {
        ReplicaBench bench = ReplicaBench.withBallotElection(3);
        ReplicaBench.Member leader = bench.tickUntilOneLeads();
        for (int i = 0; i < 2 * ReplicaBench.ELECTION_TICKS; i++) {
            bench.tick();
        }

        leader.give(at -> new Input.EndLeadership(0, true, at));
        Notice.Ending ending = leader.notices.stream()
                .filter(Notice.Ending.class::isInstance)
                .map(Notice.Ending.class::cast)
                .findFirst()
                .orElseThrow();

        // The work takes three leases, which is much less than the drain timeout.
        for (int i = 0; i < 3 * ReplicaBench.ELECTION_TICKS; i++) {
            bench.tick();
            assertThat(leader.leads()).as("tick %d of the drain", i).isTrue();
        }
        assertThat(ending.successor()).isPositive();
    }
}
