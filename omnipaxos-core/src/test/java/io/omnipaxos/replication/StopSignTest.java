package io.omnipaxos.replication;

import static io.omnipaxos.replica.ReplicaFixture.HEARTBEAT_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.LEASE;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static io.omnipaxos.replica.ReplicaFixture.entry;
import static io.omnipaxos.replica.ReplicaFixture.grantOf;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.message.LearningMessage.Decided;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaStatus.Phase;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The last entry of a configuration: accepted, replaced, decided, and sent again. Node 2 of three. */
class StopSignTest {

    private static final Ballot LED = ballot(3, 1);
    private static final Ballot NEXT_LED = ballot(5, 1);
    private static final Nonce NONCE = new Nonce(1, 1);
    private static final StopSign STOP = new StopSign(
            ClusterConfiguration.majority(2, List.of(1L, 2L, 3L))
                    .with(new TreeMap<>(Map.of(2L, ReplicaFixture.identity(2)))),
            2);

    private final ReplicaFixture node = ReplicaFixture.of(2, 3).start();

    // when it counts

    @Test
    void h11_whatIsOnlyAcceptedEndsNothing() {
        node.following(LED, 1, entry("a"), STOP);

        node.restart();

        assertThat(node.status().configuration().id()).isEqualTo(1);
        assertThat(node.notices(Notice.Configured.class)).isEmpty();
    }

    @Test
    void h11_theIndexThatIsDecidedEndsTheConfigurationHoweverItIsLearnt() {
        node.following(LED, 1, entry("a"), STOP);

        node.receive(1, new LeaderHeartbeat(LED, 1, false, LEASE, 2, 2, 0));

        assertThat(node.status().configuration()).isEqualTo(STOP.next());
        assertThat(node.notices(Notice.Configured.class)).containsExactly(new Notice.Configured(STOP.next(), 2));
    }

    @Test
    void h11_whoCrashedBetweenTheDecisionAndTheChangeMakesUpForIt() {
        ReplicaFixture crashed = ReplicaFixture.of(2, 3)
                .stored(WriteBatch.promise(LED))
                .stored(WriteBatch.accepted(LED, new LogWrite(1, List.of(entry("a"), STOP)), 2))
                .start();

        assertThat(crashed.status().configuration()).isEqualTo(STOP.next());
        assertThat(crashed.durable().membership().configuration()).isEqualTo(STOP.next());
    }

    @Test
    void h11_whatIsCompactedIsInForceStill() {
        node.following(LED, 2, entry("a"), STOP);
        node.takeSnapshot(2);
        node.stored(WriteBatch.compacted(2));

        node.restart();

        assertThat(node.status().configuration()).isEqualTo(STOP.next());
        assertThat(node.notices(Notice.Configured.class)).isEmpty();
    }

    @Test
    void h11_oneThatALaterLeaderReplacedEndsNothing() {
        node.following(LED, 1, entry("a"), STOP);

        node.receive(3, prepareOf(ballot(5, 3)));
        Nonce nonce = node.lastSentTo(3, Promise.class).nonce();
        node.receive(3, new AcceptSync(ballot(5, 3), nonce, 2, List.of(entries("x")), 2));

        assertThat(node.contents()).containsExactly("a", "x");
        assertThat(node.status().configuration().id()).isEqualTo(1);
    }

    // it is an entry like any other

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void b2_aSynchronisationCountsItOnceWhereverItBegins(long firstIndex) {
        node.following(LED, 1, entry("a"), STOP);
        node.receive(1, prepareOf(NEXT_LED));
        Nonce nonce = node.lastSentTo(1, Promise.class).nonce();
        List<LogEntry> entries = List.of(entry("a"), STOP).subList((int) firstIndex - 1, 2);

        node.receive(1, new AcceptSync(NEXT_LED, nonce, firstIndex, entries, 1));

        assertThat(node.storedEntries()).containsExactly(entry("a"), STOP);
        assertThat(node.lastSentTo(1, Accepted.class)).isEqualTo(new Accepted(NEXT_LED, 2));
        assertThat(node.decidedIndex()).isEqualTo(1);
    }

    @Test
    void b2_howeverOftenItComesNoMoreIsDecidedThanThereIs() {
        node.following(LED, 1, entry("a"), STOP);
        AcceptSync again =
                new AcceptSync(LED, node.lastSentTo(1, Promise.class).nonce(), 1, List.of(entry("a"), STOP), 1);

        for (int i = 0; i < 5; i++) {
            node.receive(1, prepareOf(LED));
            node.receive(1, again);
            node.receive(1, new AcceptDecide(LED, 2, List.of(STOP), 1));
        }
        assertThat(node.acceptedIndex()).isEqualTo(2);
        node.receive(1, new AcceptDecide(LED, 2, List.of(STOP), 99));

        assertThat(node.durable().acceptedIndex()).isEqualTo(2);
        assertThat(node.durable().decidedIndex()).isEqualTo(2);
        assertThat(node.contents()).containsExactly("a", "configuration 2");
    }

    // what is lost of it

    @Test
    void b7_aLostStopSignIsSentAgainAfterTheNextHeartbeat() {
        ReplicaFixture leader = stopping();
        leader.ticks(HEARTBEAT_TICKS);
        leader.forget();

        leader.ticks(HEARTBEAT_TICKS);
        leader.receive(2, grantOf(leader.lastSentTo(2, LeaderHeartbeat.class), 1));

        assertThat(leader.lastSentTo(2, AcceptDecide.class).firstIndex()).isEqualTo(2);
        assertThat(leader.lastSentTo(2, AcceptDecide.class).entries())
                .singleElement()
                .isInstanceOf(StopSign.class);
    }

    @Test
    void b7_aLostAcknowledgementComesWithTheNextHeartbeat() {
        ReplicaFixture leader = stopping();
        leader.ticks(HEARTBEAT_TICKS);

        leader.receive(2, grantOf(leader.lastSentTo(2, LeaderHeartbeat.class), 2));

        assertThat(leader.status().configuration().id()).isEqualTo(2);
    }

    @Test
    void b7_whatComesTwiceIsAcknowledgedTwice() {
        node.following(LED, 1, entry("a"));
        node.forget();

        node.receive(1, new AcceptDecide(LED, 2, List.of(STOP), 1));
        node.receive(1, new AcceptDecide(LED, 2, List.of(STOP), 1));

        assertThat(node.sentTo(1, Accepted.class)).containsExactly(new Accepted(LED, 2), new Accepted(LED, 2));
    }

    // a leader that finds one

    @Test
    void whoFindsAStopSignHasItDecidedAndNeverLeads() {
        Ballot own = node.candidate(4);
        node.receive(1, new Promise(own, NONCE, LED, 2, 1, 1, List.of(entry("a"), STOP)));
        node.ticks(HEARTBEAT_TICKS);
        node.receive(1, grantOf(node.lastSentTo(1, LeaderHeartbeat.class), 1));

        assertThat(node.status().phase()).isEqualTo(Phase.LEADING);
        assertThat(node.storedEntries()).containsExactly(entry("a"), STOP);
        assertThat(node.isLeader()).isFalse();
        assertThat(node.sentTo(1, LeaderHeartbeat.class)).isNotEmpty().noneMatch(LeaderHeartbeat::happy);
        assertThat(node.notices(Notice.Granted.class)).isEmpty();

        node.receive(1, new Accepted(own, 2));
        assertThat(node.status().configuration()).isEqualTo(STOP.next());
    }

    @Test
    void whoItNamesStandsFirstWhoeverHadItDecided() {
        node.following(LED, 1, entry("a"), STOP);
        node.forget();

        node.receive(1, new LeaderHeartbeat(LED, 1, false, LEASE, 2, 2, 0));

        assertThat(node.lastSentTo(1, Prepare.class).ballot()).isEqualTo(new Ballot(2, 1, 0, 2));
    }

    @Test
    void whoItNamesDoesNotStandIfSomebodyLeadsByNow() {
        node.following(LED, 1, entry("a"));
        node.forget();

        node.receive(3, new Ahead(2));
        node.receive(3, new Decided(2, List.of(STOP), 2, new Ballot(2, 1, 0, 3)));

        assertThat(node.status().configuration()).isEqualTo(STOP.next());
        assertThat(node.sentTo(1, Prepare.class)).isEmpty();
    }

    @Test
    void whoItNamesDoesNotStandLateIfItDidNotWantToAtFirst() {
        node.following(LED, 1, entry("a"), STOP);
        node.step(new Input.Stand(false, node.now()));
        node.receive(1, new LeaderHeartbeat(LED, 1, false, LEASE, 2, 2, 0));
        node.receive(3, prepareOf(new Ballot(2, 1, 0, 3)));
        node.forget();

        node.step(new Input.Stand(true, node.now()));
        node.tick();

        assertThat(node.status().promise()).isEqualTo(new Ballot(2, 1, 0, 3));
        assertThat(node.sentTo(1, Prepare.class)).isEmpty();
    }

    @Test
    void oneOfALowerRoundIsReplacedByALeaderAsUsual() {
        node.following(LED, 0, entry("a"), STOP);
        node.scripted().setHappy(false);
        Ballot own = node.candidate(9);

        node.receive(3, new Promise(own, NONCE, ballot(4, 3), 2, 0, 1, List.of(entries("a", "x"))));
        node.receive(3, new Accepted(own, 3));

        assertThat(node.storedEntries()).containsExactly(entry("a"), entry("x"), new LeadershipEntry(own));
        assertThat(node.status().configuration().id()).isEqualTo(1);
    }

    /** Node 1 of three, which has sent the stop-sign to the others. */
    private static ReplicaFixture stopping() {
        ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
        leader.granted(1, 2, 3);
        leader.reconfigure(STOP.next());
        leader.release();
        return leader;
    }
}
