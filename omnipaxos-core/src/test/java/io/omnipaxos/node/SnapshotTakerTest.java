package io.omnipaxos.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When a snapshot is taken, what becomes of one that fails, and who is told. Due after three entries or 10,000 bytes. */
class SnapshotTakerTest {

    private static final ClusterConfiguration ONE = ClusterConfiguration.majority(1, List.of(1L));

    private final MemoryStorage memory = new MemoryStorage();
    private final Deque<Runnable> writing = new ArrayDeque<>();
    private final List<Long> taken = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private StateMachine.Snapshot state = target -> target.write(1);
    private final SnapshotTaker taker = taker(memory);
    private long index;

    SnapshotTakerTest() {
        StoredLog.decide(memory, Collections.nCopies(20, entry(1)).toArray(new LogEntry[0]));
    }

    @Test
    void aSnapshotIsTakenAfterSoManyEntries() {
        apply(taker, 2, 1);
        assertThat(writing).isEmpty();

        apply(taker, 1, 1);
        write();

        assertThat(taken).containsExactly(3L);
        assertThat(memory.snapshots()).extracting(SnapshotInfo::index).containsExactly(3L);
    }

    @Test
    void aSnapshotIsTakenAfterSoManyBytesOfEntries() {
        apply(taker, 1, 9_000);
        assertThat(writing).isEmpty();

        apply(taker, 1, 1_000);
        write();

        assertThat(taken).containsExactly(2L);
    }

    @Test
    void theNextOneIsCountedFromTheLast() {
        apply(taker, 3, 1);
        write();
        apply(taker, 2, 1);
        assertThat(writing).isEmpty();

        apply(taker, 1, 1);
        write();

        assertThat(taken).containsExactly(3L, 6L);
    }

    @Test
    void aLargeStateIsNotWrittenAgainBeforeAsMuchWasApplied() {
        state = target -> target.write(new byte[50_000]);
        apply(taker, 3, 1);
        write();

        apply(taker, 4, 10_000);
        assertThat(writing).isEmpty();
        apply(taker, 1, 10_000);
        write();

        assertThat(taken).containsExactly(3L, 8L);
    }

    @Test
    void aLargeStateThatWasRestoredIsNotWrittenAgainEither() {
        index = 5;
        taker.restored(new SnapshotInfo(5, ONE, 50_000, 0));

        apply(taker, 4, 10_000);
        assertThat(writing).isEmpty();
        apply(taker, 1, 10_000);

        assertThat(writing).hasSize(1);
        assertThat(taker.status().index()).isEqualTo(5);
    }

    @Test
    void oneIsWrittenAtATime() {
        apply(taker, 3, 1);
        apply(taker, 3, 1);
        assertThat(writing).hasSize(1);

        write();
        offer(taker);
        write();

        assertThat(taken).containsExactly(3L, 6L);
    }

    @Test
    void theStateIsTheOneOfItsIndexWhateverIsAppliedMeanwhile() throws Exception {
        state = target -> target.write("old".getBytes(UTF_8));
        apply(taker, 3, 1);
        state = target -> target.write("new".getBytes(UTF_8));
        apply(taker, 1, 1);

        write();

        assertThat(memory.readSnapshot(3, 0, 100)).asString(UTF_8).isEqualTo("old");
    }

    @Test
    void aStateMachineMayCloseWhatItWritesTo() {
        state = target -> {
            target.write(1);
            target.close();
        };

        apply(taker, 3, 1);
        write();

        assertThat(memory.snapshots())
                .singleElement()
                .satisfies(snapshot -> assertThat(snapshot.length()).isEqualTo(1));
    }

    @Test
    void oneThatTheStateMachineCannotWriteIsCountedAndTriedAgain() {
        state = target -> {
            throw new IOException("too many open files");
        };
        apply(taker, 3, 1);
        write();
        assertThat(taken).isEmpty();
        assertThat(memory.snapshots()).isEmpty();
        assertThat(taker.status().failed()).isEqualTo(1);
        assertThat(taker.status().failure()).contains("index 3", "too many open files");
        assertThat(failures).singleElement().isEqualTo(taker.status().failure());

        state = target -> target.write(1);
        apply(taker, 2, 1);
        assertThat(writing).isEmpty();
        apply(taker, 1, 1);
        write();

        assertThat(taken).containsExactly(6L);
        assertThat(taker.status()).isEqualTo(new SnapshotStatus(6, 1, 1, 1, null));
    }

    @Test
    void oneThatTheStorageCannotBeginIsCounted() {
        SnapshotTaker failing = taker(new EmptyStorage());

        apply(failing, 3, 1);
        write();

        assertThat(failing.status().failure()).contains("it keeps nothing");
        assertThat(taken).isEmpty();
    }

    @Test
    void oneThatTheStorageCannotCommitIsCountedAndDropped() {
        UncommittableStorage full = new UncommittableStorage();
        SnapshotTaker failing = taker(full);

        apply(failing, 3, 1);
        write();

        assertThat(failing.status().failure()).contains("no space left");
        assertThat(full.dropped).isTrue();
        assertThat(taken).isEmpty();
    }

    @Test
    void aStateMachineThatGivesNoneIsAskedAgainLater() {
        taker.applied(Collections.nCopies(3, entry(1)));
        taker.offer(3, ONE, () -> {
            throw new AssertionError("not now");
        });
        assertThat(taker.status().failure()).contains("not now");

        apply(taker, 3, 1);
        write();

        assertThat(taken).hasSize(1);
    }

    @Test
    void oneThatIsWantedIsTakenWhetherOrNotItIsTime() {
        apply(taker, 1, 1);
        CompletableFuture<Long> wanted = taker.wanted();

        offer(taker);
        assertThat(wanted).isNotDone();
        write();

        assertThat(wanted).isCompletedWithValue(1L);
    }

    @Test
    void whoeverWantsOneWhileOneIsWrittenGetsThat() {
        apply(taker, 3, 1);
        apply(taker, 1, 1);
        CompletableFuture<Long> first = taker.wanted();
        CompletableFuture<Long> second = taker.wanted();
        offer(taker);

        write();

        assertThat(first).isCompletedWithValue(3L);
        assertThat(second).isCompletedWithValue(3L);
        assertThat(writing).isEmpty();
    }

    @Test
    void nothingIsWrittenWhereEverythingIsCovered() {
        apply(taker, 3, 1);
        write();
        CompletableFuture<Long> wanted = taker.wanted();

        offer(taker);

        assertThat(wanted).isCompletedWithValue(3L);
        assertThat(writing).isEmpty();
    }

    @Test
    void whereNothingWasAppliedThereIsNothingToCover() {
        CompletableFuture<Long> wanted = taker.wanted();

        offer(taker);

        assertThat(wanted).isCompletedWithValue(0L);
    }

    @Test
    void whoeverWantsOneThatFailsIsToldWhy() {
        state = target -> {
            throw new IOException("too many open files");
        };
        apply(taker, 1, 1);
        CompletableFuture<Long> wanted = taker.wanted();

        offer(taker);
        write();

        assertThatThrownBy(wanted::join)
                .hasCauseInstanceOf(SnapshotException.class)
                .hasMessageContaining("too many open files");
    }

    @Test
    void theEndOfTheNodeEndsWhatIsWrittenAndWanted() {
        state = target -> target.write(new byte[1 << 20]);
        apply(taker, 3, 1);
        CompletableFuture<Long> wanted = taker.wanted();

        taker.close("this node was stopped");
        write();

        assertThatThrownBy(wanted::join).hasMessageContaining("this node was stopped");
        assertThatThrownBy(taker.wanted()::join).hasMessageContaining("this node was stopped");
        assertThat(memory.snapshots()).isEmpty();
        assertThat(taker.status().failed()).isZero();
        apply(taker, 3, 1);
        assertThat(writing).isEmpty();
    }

    private SnapshotTaker taker(Storage storage) {
        NodeSettings settings = NodeCluster.withSnapshots(NodeCluster.settingsOfOne(), 3, 10_000);
        return new SnapshotTaker(settings, storage, writing::add, Runnable::run, taken::add, failures::add);
    }

    private void apply(SnapshotTaker target, int count, int payloadBytes) {
        target.applied(Collections.nCopies(count, entry(payloadBytes)));
        index += count;
        offer(target);
    }

    private void offer(SnapshotTaker target) {
        target.offer(index, ONE, () -> state);
    }

    private void write() {
        writing.remove().run();
    }

    private static LogEntry entry(int payloadBytes) {
        return StoredLog.command(1, "x".repeat(payloadBytes));
    }

    /** A storage on which there is no room for what was written. */
    private static final class UncommittableStorage extends EmptyStorage {

        private boolean dropped;

        @Override
        public SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration) {
            return new SnapshotWriter() {
                @Override
                public void write(int value) {}

                @Override
                public SnapshotInfo commit() {
                    throw new StorageException("no space left");
                }

                @Override
                public void close() {
                    dropped = true;
                }
            };
        }
    }
}
