package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.Released;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.Promise;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutboundQueueTest {

    private static final Ballot BALLOT = new Ballot(1, 1, 0, 1);

    private final Counters counters = new Counters();
    private final AtomicLong clock = new AtomicLong();
    private final OutboundQueue heartbeats = new OutboundQueue(Lane.HEARTBEAT, 2_000, clock::get, counters);
    private final OutboundQueue log = new OutboundQueue(Lane.LOG, 20_000, clock::get, counters);

    @Test
    void aNewerHeartbeatTakesThePlaceOfAWaitingOneOfTheSameKind() {
        Envelope answer = Nodes.envelope(1, 2, new HeartbeatAnswer(BALLOT, 1, true, 5, true));
        heartbeats.offer(Nodes.heartbeat(1, 2, 1));
        heartbeats.offer(answer);
        heartbeats.offer(Nodes.heartbeat(1, 2, 2));

        assertThat(heartbeats.take(10_000)).containsExactly(answer, Nodes.heartbeat(1, 2, 2));
        assertThat(counters.replacedByNewer()).isEqualTo(1);
        assertThat(counters.dropped()).isZero();
    }

    @Test
    void whatIsNoHeartbeatIsNeverReplaced() {
        Envelope first = Nodes.envelope(1, 2, new Released(BALLOT, false));
        Envelope second = Nodes.envelope(1, 2, new Released(BALLOT, true));
        heartbeats.offer(first);
        heartbeats.offer(second);

        assertThat(heartbeats.take(10_000)).containsExactly(first, second);
    }

    @Test
    void withoutRoomTheHeartbeatLaneDropsTheOldest() {
        for (int i = 0; i < 10; i++) {
            heartbeats.offer(Nodes.envelope(1, 2, new Released(new Ballot(1, i, 0, 1), true)));
        }

        assertThat(heartbeats.take(10_000))
                .extracting(Envelope::message)
                .containsExactly(
                        new Released(new Ballot(1, 7, 0, 1), true),
                        new Released(new Ballot(1, 8, 0, 1), true),
                        new Released(new Ballot(1, 9, 0, 1), true));
        assertThat(counters.dropped()).isEqualTo(7);
    }

    @Test
    void withoutRoomTheLogLaneRefusesTheNewest() {
        for (int index = 1; index <= 10; index++) {
            log.offer(Nodes.entries(1, 2, index, 4_000));
        }

        assertThat(log.take(1_000_000))
                .containsExactly(
                        Nodes.entries(1, 2, 1, 4_000),
                        Nodes.entries(1, 2, 2, 4_000),
                        Nodes.entries(1, 2, 3, 4_000),
                        Nodes.entries(1, 2, 4, 4_000));
        assertThat(counters.dropped()).isEqualTo(6);
    }

    @Test
    void aBatchTakesWhatFitsButAtLeastOne() {
        log.offer(Nodes.entries(1, 2, 1, 4_000));
        log.offer(Nodes.entries(1, 2, 2, 4_000));
        log.offer(Nodes.entries(1, 2, 3, 4_000));

        assertThat(log.take(10_000)).hasSize(2);
        assertThat(log.take(10)).hasSize(1);
        assertThat(log.take(10_000)).isEmpty();
    }

    @Test
    void whatWaitedTooLongIsDropped() {
        log.offer(Nodes.entries(1, 2, 1, 10));
        clock.set(1_000);
        log.offer(Nodes.entries(1, 2, 2, 10));
        clock.set(1_500);

        log.dropOlderThan(1_000);

        assertThat(log.take(10_000)).containsExactly(Nodes.entries(1, 2, 2, 10));
        assertThat(counters.dropped()).isEqualTo(1);
    }

    @Test
    void theSmallAndUrgentTravelOnTheHeartbeatLane() {
        Promise empty = new Promise(
                BALLOT, new io.omnipaxos.message.ReplicationMessage.Nonce(1, 1), BALLOT, 0, 0, 1, List.of());

        assertThat(Lane.of(new Prepare(BALLOT, 0, BALLOT, 0, Ballot.NONE))).isEqualTo(Lane.HEARTBEAT);
        assertThat(Lane.of(empty)).isEqualTo(Lane.HEARTBEAT);
        assertThat(Lane.of(Nodes.entries(1, 2, 1, 10).message())).isEqualTo(Lane.LOG);
    }
}
