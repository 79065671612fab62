package io.omnipaxos.node;

import static io.omnipaxos.node.StoredLog.command;
import static io.omnipaxos.node.StoredLog.decide;
import static io.omnipaxos.node.StoredLog.install;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.ForwardingStorage;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** A subscription against a storage that changes between what it asks and what it is answered: the loop is the test's. */
class CommitSubscriptionTest {

    private static final ClusterConfiguration ONE = ClusterConfiguration.majority(1, List.of(1L));

    private final MemoryStorage storage = new MemoryStorage();
    private final Deque<Runnable> loop = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();

    @Test
    void oneThatHasNotReachedItsBeginningBeginsAgainFromANewerSnapshot() throws IOException {
        decide(storage, commands(1, 5));
        CommitStream stream = subscribe(storage, 10);
        stream.moreIsReadable(5);

        MemoryStorage other = new MemoryStorage();
        decide(other, commands(1, 8));
        snapshot(other, 8);
        install(other, storage);
        runLoop();
        decide(storage, commands(9, 12));
        stream.moreIsReadable(12);
        runLoop();

        assertThat(told).containsExactly("10", "11", "12");
    }

    @Test
    void oneThatBeginsWithinWhatANewerSnapshotCoversEnds() throws IOException {
        decide(storage, commands(1, 5));
        CommitStream stream = subscribe(storage, 8);
        stream.moreIsReadable(5);

        MemoryStorage other = new MemoryStorage();
        decide(other, commands(1, 8));
        snapshot(other, 8);
        install(other, storage);
        runLoop();

        assertThat(told).singleElement().asString().contains("from index 8 on", "can be read is 9");
    }

    @Test
    void aSnapshotThatIsGoneWhenItIsReadIsPassedOverForTheNextOne() throws IOException {
        decide(storage, commands(1, 8));
        snapshot(storage, 3);
        snapshot(storage, 6);
        Storage raced = new Delegate() {
            private boolean gone;

            @Override
            public List<SnapshotInfo> snapshots() {
                return gone ? storage.snapshots() : storage.snapshots().subList(0, 1);
            }

            @Override
            public byte[] readSnapshot(long index, long offset, int maxBytes) {
                if (index == 3) {
                    gone = true;
                    throw new IndexOutOfBoundsException("there is no snapshot of index 3");
                }
                return storage.readSnapshot(index, offset, maxBytes);
            }
        };
        CommitStream stream = subscribe(raced, 7);

        stream.moreIsReadable(8);
        runLoop();

        assertThat(told).containsExactly("7", "8");
    }

    @Test
    void aLogThatCannotBeReadEndsTheSubscriptionAndNothingElse() {
        decide(storage, commands(1, 2));
        CommitStream stream = subscribe(
                new Delegate() {
                    @Override
                    public List<LogEntry> read(long from, long to, long maxBytes) {
                        throw new StorageException("the disk is gone");
                    }
                },
                1);

        stream.moreIsReadable(2);
        runLoop();

        assertThat(told).singleElement().asString().contains("from index 1", "the disk is gone");
    }

    @Test
    void aSnapshotThatCannotBeReadEndsTheSubscription() throws IOException {
        decide(storage, commands(1, 5));
        try (SnapshotWriter writer = storage.beginSnapshot(3, ONE)) {
            writer.write(99);
            writer.commit();
        }
        CommitStream stream = subscribe(storage, 4);

        stream.moreIsReadable(5);

        assertThat(told).singleElement().asString().contains("before index 4 cannot be read");
    }

    @Test
    void nothingIsAskedForBeforeThereIsSomethingToReadAndOncePerPiece() {
        decide(storage, commands(1, 3));
        CommitStream stream = subscribe(storage, 1);
        assertThat(loop).isEmpty();

        stream.moreIsReadable(1);
        stream.moreIsReadable(2);
        assertThat(loop).hasSize(1);
        runLoop();
        assertThat(told).containsExactly("1", "2");

        stream.moreIsReadable(3);
        runLoop();
        assertThat(told).containsExactly("1", "2", "3");
    }

    @Test
    void whatIsNotReadableYetIsNotRead() {
        decide(storage, commands(1, 3));
        CommitStream stream = subscribe(storage, 1);

        stream.moreIsReadable(2);
        runLoop();

        assertThat(told).containsExactly("1", "2");
        assertThat(loop).isEmpty();
    }

    private CommitStream subscribe(Storage from, long index) {
        CommitStream stream = new CommitStream(from, loop::add, Runnable::run);
        stream.subscribe(index, new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription begun) {
                begun.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(CommittedCommand command) {
                told.add(String.valueOf(command.index()));
            }

            @Override
            public void onError(Throwable failure) {
                told.add(String.valueOf(failure.getMessage()));
            }

            @Override
            public void onComplete() {
                told.add("complete");
            }
        });
        return stream;
    }

    private void runLoop() {
        while (!loop.isEmpty()) {
            loop.remove().run();
        }
    }

    private static LogEntry[] commands(int first, int last) {
        LogEntry[] commands = new LogEntry[last - first + 1];
        for (int i = first; i <= last; i++) {
            commands[i - first] = command(i, "command " + i);
        }
        return commands;
    }

    private static void snapshot(Storage storage, long index) throws IOException {
        CommandFilter filter = new CommandFilter();
        for (long i = 1; i <= index; i++) {
            filter.judge(i, storage.read(i, i, 1).get(0));
        }
        try (SnapshotWriter writer = storage.beginSnapshot(index, ONE)) {
            writer.write(filter.toBytes());
            writer.commit();
        }
    }

    /** The storage of the test, but for what a test says. */
    private class Delegate extends ForwardingStorage {

        Delegate() {
            super(storage);
        }
    }
}
