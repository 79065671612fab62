package io.omnipaxos.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.election.ballot.BallotLeaderElection;
import io.omnipaxos.lease.LeaseTerms;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A new storage in a configuration that is not the first one: its members have a log, and this one has none. */
class LateBeginningTest {

    private static final UUID OTHER = new UUID(1, 1);

    @Test
    void aNewStorageVotesInTheFirstConfigurationOnceItIsKnown() {
        assertThat(beginningIn(new ClusterConfiguration(1, List.of(1L, 2L, 3L), Quorums.majority(3)))
                        .phase())
                .isEqualTo(ReplicaStatus.Phase.RECOVERING);
    }

    @Test
    void aNewStorageIsNoMemberOfALaterConfigurationThoughItNamesTheNode() {
        TreeMap<Long, UUID> storages = new TreeMap<>();
        storages.put(2L, OTHER);
        ReplicaStatus status = beginningIn(new ClusterConfiguration(
                3, List.of(1L, 2L, 3L), Quorums.majority(3), Collections.emptySortedMap(), storages));

        assertThat(status.phase()).isEqualTo(ReplicaStatus.Phase.LEARNING);
        assertThat(status.eligible()).isFalse();
        assertThat(status.configuration().nodes()).containsExactly(2L, 3L);
    }

    private static ReplicaStatus beginningIn(ClusterConfiguration configuration) {
        ReplicaSettings settings =
                new ReplicaSettings("test", 1, 1, configuration, 10, 5, 2, new LeaseTerms(500_000_000, 0.01), 1 << 20);
        MemoryStorage storage = new MemoryStorage();
        Replica replica = new Replica(
                settings,
                DurableState.EMPTY,
                storage.identity(),
                storage,
                (present, promise) -> new BallotLeaderElection(1, 1, present, 0, 10, promise),
                new ClockReading(0, 0));
        return replica.status();
    }
}
