package io.omnipaxos.replication;

import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static io.omnipaxos.replica.ReplicaFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.LearningMessage.Decided;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaStatus.Phase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which log a new leader adopts. Node 5 of five has accepted a, b, c in round 3, of which one is decided. */
class AdoptionTest {

    private static final Ballot ROUND = ballot(3, 1);
    private static final Nonce NONCE = new Nonce(1, 1);

    private final ReplicaFixture node = ReplicaFixture.of(5, 5)
            .stored(WriteBatch.promise(ROUND))
            .stored(WriteBatch.accepted(ROUND, new LogWrite(1, List.of(entries("a", "b", "c"))), 1))
            .start();
    private final Ballot own = node.candidate(7);

    @Test
    void thePrepareShowsHowFarTheCandidateIs() {
        for (long peer = 1; peer <= 4; peer++) {
            assertThat(node.sentTo(peer, Prepare.class)).containsExactly(new Prepare(own, 1, ROUND, 3, Ballot.NONE));
        }
    }

    @ParameterizedTest
    @MethodSource("memberships")
    void h2_theMembersArePreparedWhateverTheirPidsAreAndNobodyElse(List<Long> pids) {
        long candidate = pids.get(1);
        ReplicaFixture any = ReplicaFixture.of(candidate, ClusterConfiguration.majority(1, pids))
                .start();

        any.candidate(1);

        for (long pid = 0; pid <= 101; pid++) {
            boolean member = pids.contains(pid) && pid != candidate;
            assertThat(any.sentTo(pid, Prepare.class)).as("node %d", pid).hasSize(member ? 1 : 0);
        }
    }

    static List<List<Long>> memberships() {
        return List.of(List.of(6L, 7L, 8L), List.of(7L, 1L, 100L, 4L, 6L));
    }

    @Test
    void itLeadsWithAPrepareQuorumAndNotBefore() {
        node.receive(1, promise(ROUND, 3, 0, 4));
        assertThat(node.status().phase()).isEqualTo(Phase.PREPARING);

        node.receive(2, promise(ROUND, 3, 0, 4));
        assertThat(node.status().phase()).isEqualTo(Phase.LEADING);
    }

    @Test
    void aPromiseThatComesTwiceCountsOnce() {
        node.receive(1, promise(ROUND, 3, 0, 4));
        node.receive(1, promise(ROUND, 3, 0, 4));

        assertThat(node.status().phase()).isEqualTo(Phase.PREPARING);
    }

    @Test
    void aPromiseThatIsNotWholeDoesNotCountAndWhatIsMissingIsFetchedFirst() {
        node.receive(1, promise(ROUND, 3, 0, 4));
        node.forget();

        node.receive(2, promise(ballot(4, 2), 9, 5, 2));
        assertThat(node.status().phase()).isEqualTo(Phase.PREPARING);
        assertThat(node.sentTo(2, Prepare.class)).isEmpty();
        assertThat(node.sentTo(2, Fetch.class)).containsExactly(new Fetch(2, 0, 0, null));

        node.receive(2, new Decided(2, List.of(entries("b", "c", "d", "e")), 5, Ballot.NONE));
        assertThat(node.status().phase()).isEqualTo(Phase.PREPARING);
        assertThat(node.sentTo(2, Prepare.class)).containsExactly(new Prepare(own, 5, ROUND, 5, Ballot.NONE));
    }

    @Test
    void aPromiseOfAnotherBallotCountsForNothing() {
        node.receive(1, promise(ROUND, 3, 0, 4));
        node.receive(2, new Promise(ballot(6, 5), NONCE, ROUND, 3, 0, 4, List.of()));

        assertThat(node.status().phase()).isEqualTo(Phase.PREPARING);
    }

    @Test
    void theHighestRoundIsAdoptedHoweverShort() {
        node.receive(1, promise(ROUND, 5, 0, 4, "long", "longer"));
        node.receive(2, promise(ballot(4, 2), 2, 0, 2, "x"));

        assertLog(entry("a"), entry("x"));
    }

    @Test
    void ofEqualRoundsTheLongestIsAdopted() {
        node.receive(1, promise(ROUND, 4, 0, 4, "d"));
        node.receive(2, promise(ROUND, 5, 0, 4, "d", "e"));

        assertLog(entries("a", "b", "c", "d", "e"));
    }

    @Test
    void h5_ofEquallyGoodLogsItsOwnStays() {
        node.receive(1, promise(ROUND, 3, 0, 2, "never", "never"));
        Effects effects = node.receive(2, promise(ROUND, 3, 0, 2, "never", "never"));

        assertLog(entries("a", "b", "c"));
        assertThat(effects.persist().entries()).isEqualTo(new LogWrite(4, List.of(new LeadershipEntry(own))));
    }

    @Test
    void aLowerRoundIsNotAdoptedHoweverLong() {
        node.receive(1, promise(ballot(2, 2), 9, 0, 10));
        node.receive(2, promise(ballot(2, 2), 9, 0, 10));

        assertLog(entries("a", "b", "c"));
    }

    @Test
    void whatIsDecidedAnywhereInTheQuorumIsDecidedHere() {
        node.receive(1, promise(ROUND, 5, 4, 4, "d", "e"));
        node.receive(2, promise(ROUND, 2, 2, 3));

        assertThat(node.decidedIndex()).isEqualTo(4);
    }

    @Test
    void thePromisedAcceptedIndexDecidesNothing() {
        node.receive(1, promise(ROUND, 3, 1, 4));
        node.receive(2, promise(ROUND, 3, 1, 4));

        assertThat(node.decidedIndex()).isEqualTo(1);
    }

    @Test
    void adoptingIsOneAtomicWrite() {
        node.receive(1, promise(ROUND, 3, 0, 4));

        Effects effects = node.receive(2, promise(ballot(4, 2), 2, 2, 2, "x"));

        LogWrite write = new LogWrite(2, List.of(entry("x"), new LeadershipEntry(own)));
        assertThat(effects.persist()).isEqualTo(WriteBatch.accepted(own, write, 2));
    }

    @Test
    void theNewestPromiseOfANodeCounts() {
        node.receive(1, new Promise(own, new Nonce(2, 1), ROUND, 4, 0, 4, List.of(entries("newest"))));
        node.receive(1, new Promise(own, new Nonce(1, 8), ROUND, 5, 0, 4, List.of(entries("older", "older"))));
        node.receive(2, promise(ROUND, 3, 0, 4));

        assertLog(entries("a", "b", "c", "newest"));
    }

    private void assertLog(LogEntry... adopted) {
        assertThat(node.storedEntries().subList(0, adopted.length)).containsExactly(adopted);
        assertThat(node.storedEntries()
                        .subList(adopted.length, node.storedEntries().size()))
                .containsExactly(new LeadershipEntry(own));
        assertThat(node.durable().acceptedRound()).isEqualTo(own);
    }

    private Promise promise(Ballot round, long acceptedIndex, long decidedIndex, long firstIndex, String... texts) {
        return new Promise(own, NONCE, round, acceptedIndex, decidedIndex, firstIndex, List.of(entries(texts)));
    }
}
