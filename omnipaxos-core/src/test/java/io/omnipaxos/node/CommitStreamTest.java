package io.omnipaxos.node;

import static io.omnipaxos.node.StoredLog.command;
import static io.omnipaxos.node.StoredLog.decide;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.node.NodeCluster.Recorder;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a subscriber to the commands of a node gets, and how it ends. */
@Timeout(120)
class CommitStreamTest {

    private static final LeadershipEntry LEADERSHIP = new LeadershipEntry(new Ballot(1, 1, 0, 1));

    @Test
    void everyAppliedCommandComesOnceAndInOrderOldOnesFirst() throws Exception {
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            List<String> appended = append(node, "old", 300);
            Subscriber subscriber = new Subscriber(Long.MAX_VALUE);

            node.commits(1).subscribe(subscriber);
            appended.addAll(append(node, "new", 300));

            for (int i = 0; i < 600; i++) {
                CommittedCommand next = subscriber.next();
                assertThat(new String(next.command().payload(), UTF_8)).isEqualTo(appended.get(i));
                // The first entry is the leader's own.
                assertThat(next.index()).isEqualTo(i + 2);
            }
        }
    }

    @Test
    void largeCommandsComePieceByPiece() throws Exception {
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            List<String> appended = append(node, "x".repeat(100_000), 20);
            Subscriber subscriber = new Subscriber(3);

            node.commits(1).subscribe(subscriber);

            for (String text : appended) {
                assertThat(new String(subscriber.next().command().payload(), UTF_8))
                        .isEqualTo(text);
                subscriber.request(1);
            }
        }
    }

    @Test
    void aSubscriberGetsNoMoreThanItRequested() throws Exception {
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            append(node, "old", 10);
            Subscriber slow = new Subscriber(2);
            Subscriber other = new Subscriber(Long.MAX_VALUE);
            node.commits(1).subscribe(slow);
            node.commits(1).subscribe(other);
            other.take(10);

            assertThat(indexes(slow.take(2))).containsExactly(2L, 3L);
            slow.request(1);
            assertThat(indexes(slow.take(1))).containsExactly(4L);
            append(node, "new", 1);
            other.take(1);
            assertThat(slow.events).isEmpty();
        }
    }

    @Test
    void aSubscriberMayBeginInTheMiddleOrInTheFuture() throws Exception {
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            append(node, "old", 10);
            Subscriber middle = new Subscriber(Long.MAX_VALUE);
            Subscriber future = new Subscriber(Long.MAX_VALUE);
            node.commits(10).subscribe(middle);
            node.commits(13).subscribe(future);

            append(node, "new", 3);

            assertThat(indexes(middle.take(5))).containsExactly(10L, 11L, 12L, 13L, 14L);
            assertThat(indexes(future.take(2))).containsExactly(13L, 14L);
        }
    }

    @Test
    void whatTheStateMachineWasNotGivenDoesNotCome() throws Exception {
        LogEntry[] log = {
            LEADERSHIP,
            command(7, 1, 1, "a"),
            command(7, 2, 0, "b"),
            LEADERSHIP,
            command(7, 2, 0, "repeated"),
            command(7, 3, 1, "stale"),
            command(7, 4, 4, "c"),
        };
        MemoryStorage storage = new MemoryStorage();
        decide(storage, log);
        Recorder machine = new Recorder();
        try (NodeCluster cluster = NodeCluster.ofOne(storage, machine)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            append(node, "d", 1);

            for (int from = 1; from <= 7; from++) {
                Subscriber subscriber = new Subscriber(Long.MAX_VALUE);
                node.commits(from).subscribe(subscriber);
                List<String> wanted =
                        from <= 2 ? machine.applied() : from == 3 ? List.of("b", "c", "d 0") : List.of("c", "d 0");

                assertThat(texts(subscriber.take(wanted.size()))).isEqualTo(wanted);
            }
        }
    }

    @Test
    void whatIsRepeatedOrStaleIsKnownAlsoWhereASnapshotStandsForWhatWasBefore() throws Exception {
        MemoryStorage first = new MemoryStorage();
        decide(first, command(7, 1, 0, "a"), LEADERSHIP);
        try (NodeCluster cluster = NodeCluster.ofOne(first, new Recorder())) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            assertThat(node.snapshot()).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(3L);
        }
        MemoryStorage storage = first.reopen();
        storage.write(WriteBatch.decided(3));
        storage.write(WriteBatch.compacted(3));
        decide(storage, command(7, 1, 0, "repeated"), command(7, 2, 2, "stale"), command(7, 3, 0, "b"));

        try (NodeCluster cluster = NodeCluster.ofOne(storage, new Recorder())) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            Subscriber subscriber = new Subscriber(Long.MAX_VALUE);
            node.commits(4).subscribe(subscriber);

            CommittedCommand next = subscriber.next();
            assertThat(next.index()).isEqualTo(6);
            assertThat(next.command()).isEqualTo(command(7, 3, 0, "b"));
        }
    }

    @Test
    void whoWantsWhatIsCompactedIsToldFromWhereOnThereIsSomething() throws Exception {
        try (NodeCluster cluster = snapshottingEvery(5)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            appendUntilTaken(node, 4);
            // Everything is covered now, so that nothing is compacted any more.
            NodeCluster.await(
                    () -> node.snapshot().join() == node.status().decidedIndex(), "a snapshot is still being written");
            Subscriber late = new Subscriber(1);

            node.commits(1).subscribe(late);

            CompactedException failure = (CompactedException) late.end();
            assertThat(failure).hasMessageContaining("first index that can be read is " + failure.firstIndex());
            Subscriber inTime = new Subscriber(1);
            node.commits(failure.firstIndex()).subscribe(inTime);
            assertThat(inTime.next().index()).isGreaterThanOrEqualTo(failure.firstIndex());
        }
    }

    @Test
    void whoFallsBehindTheCompactionIsToldSo() throws Exception {
        try (NodeCluster cluster = snapshottingEvery(5)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            String large = "x".repeat(100_000);
            append(node, large, 2);
            Subscriber slow = new Subscriber(1);
            node.commits(1).subscribe(slow);
            assertThat(slow.next().index()).isEqualTo(2);

            appendUntilTaken(node, 4);
            slow.request(Long.MAX_VALUE);

            assertThat(slow.end()).isInstanceOf(CompactedException.class);
        }
    }

    @Test
    void aSubscriberThatBlocksHoldsUpNobodyElse() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            Subscriber blocking = new Subscriber(Long.MAX_VALUE) {
                @Override
                public void onNext(CommittedCommand command) {
                    super.onNext(command);
                    await(goOn);
                }
            };
            Subscriber other = new Subscriber(Long.MAX_VALUE);
            node.commits(1).subscribe(blocking);
            node.commits(1).subscribe(other);
            append(node, "first", 1);
            blocking.next();

            append(node, "more", 20);
            assertThat(other.take(21)).hasSize(21);
            assertThat(blocking.events).isEmpty();

            goOn.countDown();
            assertThat(blocking.take(20)).hasSize(20);
        }
    }

    @Test
    void theEndOfTheNodeEndsASubscriptionInWords() throws Exception {
        Subscriber subscriber = new Subscriber(1);
        OmniPaxosNode node;
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            node = cluster.node(cluster.awaitLeader());
            node.commits(1).subscribe(subscriber);
        }
        Subscriber late = new Subscriber(1);
        node.commits(1).subscribe(late);

        assertThat(subscriber.end()).isInstanceOf(IllegalStateException.class).hasMessageContaining("was stopped");
        assertThat(late.end()).isInstanceOf(IllegalStateException.class).hasMessageContaining("not running");
    }

    @Test
    void aFailureOfTheNodeEndsASubscriptionInWords() throws Exception {
        ApplyOnly broken = (index, command) -> {
            throw new IllegalStateException("broken");
        };
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), broken)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            Subscriber subscriber = new Subscriber(1);
            node.commits(1).subscribe(subscriber);

            assertThat(node.append(new byte[1])).failsWithin(NodeCluster.PATIENCE);

            assertThat(subscriber.end())
                    .hasMessageContaining(
                            "stopped itself: the state machine failed: java.lang.IllegalStateException: broken");
            assertThat(node.status().state()).isEqualTo(State.FAILED);
        }
    }

    @Test
    void aSubscriberThatRequestsNothingIsRefused() throws Exception {
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            Subscriber subscriber = new Subscriber(0);

            node.commits(1).subscribe(subscriber);

            assertThat(subscriber.end()).isInstanceOf(IllegalArgumentException.class);
            assertThatIllegalArgumentException().isThrownBy(() -> node.commits(0));
        }
    }

    @Test
    void whoCancelsGetsNothingMoreAndMakesRoomForAnother() throws Exception {
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            List<Subscriber> subscribers = new ArrayList<>();
            for (int i = 0; i < CommitStream.MAX_SUBSCRIPTIONS; i++) {
                Subscriber subscriber = new Subscriber(Long.MAX_VALUE);
                subscribers.add(subscriber);
                node.commits(1).subscribe(subscriber);
            }
            Subscriber tooMany = new Subscriber(1);
            node.commits(1).subscribe(tooMany);
            assertThat(tooMany.end()).hasMessageContaining("64 subscriptions").hasMessageContaining("cancel one");

            subscribers.get(0).subscription().cancel();
            Subscriber instead = new Subscriber(1);
            NodeCluster.await(
                    () -> {
                        instead.events.clear();
                        node.commits(1).subscribe(instead);
                        return instead.events.isEmpty();
                    },
                    "there is no room");
            append(node, "new", 1);

            assertThat(indexes(instead.take(1))).containsExactly(2L);
            assertThat(indexes(subscribers.get(1).take(1))).containsExactly(2L);
            assertThat(subscribers.get(0).events).isEmpty();
        }
    }

    @Test
    void aSubscriberThatThrowsIsCancelled() throws Exception {
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            Subscriber throwing = new Subscriber(Long.MAX_VALUE) {
                @Override
                public void onNext(CommittedCommand command) {
                    super.onNext(command);
                    throw new IllegalStateException("full");
                }
            };
            Subscriber other = new Subscriber(Long.MAX_VALUE);
            node.commits(1).subscribe(throwing);
            node.commits(1).subscribe(other);

            append(node, "new", 5);
            other.take(5);
            throwing.next();
            append(node, "newer", 1);
            other.take(1);

            assertThat(throwing.events).isEmpty();
        }
    }

    private static NodeCluster snapshottingEvery(long entries) {
        NodeSettings settings = NodeCluster.withSnapshots(NodeCluster.settingsOfOne(), entries, 1L << 30);
        return NodeCluster.ofOne(settings, new MemoryStorage(), StateMachine.NONE);
    }

    private static void appendUntilTaken(OmniPaxosNode node, long snapshots) throws Exception {
        while (node.snapshotStatus().taken() < snapshots) {
            append(node, "more", 1);
        }
    }

    private static List<String> append(OmniPaxosNode node, String text, int count) throws Exception {
        List<String> appended = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            appended.add(text + " " + i);
            node.append(appended.get(i).getBytes(UTF_8)).get(20, TimeUnit.SECONDS);
        }
        return appended;
    }

    private static List<Long> indexes(List<CommittedCommand> commands) {
        return commands.stream().map(CommittedCommand::index).toList();
    }

    private static List<String> texts(List<CommittedCommand> commands) {
        return commands.stream()
                .map(committed -> new String(committed.command().payload(), UTF_8))
                .toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** Requests so many at first, and notes whatever comes. */
    private static class Subscriber implements Flow.Subscriber<CommittedCommand> {

        final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
        private final long first;
        private volatile Flow.@Nullable Subscription subscription;

        Subscriber(long first) {
            this.first = first;
        }

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
            begun.request(first);
        }

        @Override
        public void onNext(CommittedCommand command) {
            events.add(command);
        }

        @Override
        public void onError(Throwable failure) {
            events.add(failure);
        }

        @Override
        public void onComplete() {
            events.add("complete");
        }

        Flow.Subscription subscription() {
            Flow.Subscription begun = subscription;
            if (begun == null) {
                throw new AssertionError("not subscribed");
            }
            return begun;
        }

        void request(long count) {
            subscription().request(count);
        }

        CommittedCommand next() throws InterruptedException {
            Object next = events.poll(20, TimeUnit.SECONDS);
            assertThat(next).isInstanceOf(CommittedCommand.class);
            return (CommittedCommand) next;
        }

        List<CommittedCommand> take(int count) throws InterruptedException {
            List<CommittedCommand> taken = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                taken.add(next());
            }
            return taken;
        }

        /** What the subscription ended with, after whatever came before. */
        Throwable end() throws InterruptedException {
            Object next = events.poll(20, TimeUnit.SECONDS);
            while (next instanceof CommittedCommand) {
                next = events.poll(20, TimeUnit.SECONDS);
            }
            assertThat(next).isInstanceOf(Throwable.class);
            return (Throwable) next;
        }
    }
}
