package io.omnipaxos.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.StorageOperation.OwnSnapshot;
import io.omnipaxos.storage.StorageOperation.ReceivedSnapshot;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What every storage must do with snapshots, and with the log for whose beginning they stand. */
public abstract class SnapshotContract extends StorageFixture {

    @Test
    void aSnapshotIsStoredOnceItIsCommitted() throws IOException {
        storage.write(append(1, 3));
        byte[] content = randomBytes(300_000);

        SnapshotInfo info;
        try (SnapshotWriter writer = storage.beginSnapshot(2, NEXT)) {
            writer.write(content[0]);
            writer.write(content, 1, 150_000);
            writer.write(content, 150_001, content.length - 150_001);
            assertThat(storage.snapshots()).isEmpty();
            info = writer.commit();
        }

        assertThat(info).isEqualTo(OwnSnapshot.of(2, NEXT, content).info());
        for (boolean restarted : new boolean[] {false, true}) {
            if (restarted) {
                restart();
            }
            assertThat(storage.snapshots()).containsExactly(info);
            assertThat(StoredModel.contentOf(storage, info)).isEqualTo(content);
            assertThat(storage.readSnapshot(2, 0, Integer.MAX_VALUE)).isEqualTo(content);
            assertThat(storage.readSnapshot(2, 65_535, 3)).isEqualTo(Arrays.copyOfRange(content, 65_535, 65_538));
            assertThat(storage.readSnapshot(2, content.length - 1, 10)).containsExactly(content[content.length - 1]);
        }
    }

    @Test
    void aSnapshotThatIsNotCommittedLeavesNothing() throws IOException {
        storage.write(append(1, 3));

        try (SnapshotWriter writer = storage.beginSnapshot(2, NEXT)) {
            writer.write(randomBytes(100_000));
        }
        try (SnapshotWriter empty = storage.beginSnapshot(3, NEXT)) {
            assertThatIllegalArgumentException().isThrownBy(empty::commit);
            assertThatExceptionOfType(StorageException.class).isThrownBy(empty::commit);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> empty.write(1));
        }

        assertThat(storage.snapshots()).isEmpty();
        snapshot(3, "later");
        restart();
        assertThat(storage.snapshots()).extracting(SnapshotInfo::index).containsExactly(3L);
    }

    @Test
    void snapshotsAreInTheOrderOfTheirIndexesAndTheFirstOfAnIndexStays() {
        storage.write(append(1, 3));
        SnapshotInfo second = snapshot(2, "second");
        SnapshotInfo first = snapshot(1, "first");

        assertThat(snapshot(2, "another")).isEqualTo(second);
        receive(received(1, "received"));

        assertThat(storage.snapshots()).containsExactly(first, second);
        assertThat(storage.readSnapshot(2, 0, 100)).isEqualTo("second".getBytes(UTF_8));
        restart();
        assertThat(storage.snapshots()).containsExactly(first, second);
        assertThat(storage.readSnapshot(1, 0, 100)).isEqualTo("first".getBytes(UTF_8));
    }

    @Test
    void aSnapshotOfWhatIsNotStoredIsRefused() {
        storage.write(append(1, 3));

        assertThatIllegalArgumentException().isThrownBy(() -> storage.beginSnapshot(4, NEXT));
        assertThatIllegalArgumentException().isThrownBy(() -> storage.beginSnapshot(0, NEXT));
    }

    @Test
    void whatIsNotInASnapshotIsRefused() {
        storage.write(append(1, 3));
        snapshot(2, "abc");

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> storage.readSnapshot(1, 0, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> storage.readSnapshot(3, 0, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> storage.readSnapshot(2, 3, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> storage.readSnapshot(2, -1, 1));
    }

    @Test
    void aSnapshotStandsForTheEntriesThatAreCompacted() {
        storage.write(append(1, 6));
        snapshot(2, "old");
        snapshot(4, "older than the newest");
        snapshot(5, "newest");

        storage.write(WriteBatch.compacted(4));

        for (boolean restarted : new boolean[] {false, true}) {
            if (restarted) {
                restart();
            }
            assertThat(storage.state()).isEqualTo(new DurableState(Ballot.NONE, Ballot.NONE, 6, 4, 0, 0, 4, null));
            assertThat(storage.read(5, 6, Long.MAX_VALUE)).isEqualTo(commands(5, 2));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> storage.read(4, 6, 100));
            assertThat(storage.snapshots()).extracting(SnapshotInfo::index).containsExactly(4L, 5L);
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> storage.readSnapshot(2, 0, 1));
        }
        refuse(WriteBatch.compacted(3), "compacted index never goes back");
        storage.write(WriteBatch.compacted(4));
        storage.write(WriteBatch.entries(new LogWrite(5, commands(50, 1))));
        restart();
        assertThat(readAll()).isEqualTo(commands(50, 1));
    }

    @Test
    void aWholeLogCanBeCompactedAndGoesOn() {
        storage.write(append(1, 3));
        snapshot(3, "all");
        storage.write(WriteBatch.compacted(3));

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> storage.read(3, 3, 100));
        refuse(append(5, 1), "leaves a gap");
        storage.write(append(4, 2));

        assertThat(readAll()).isEqualTo(commands(4, 2));
        restart();
        assertThat(readAll()).isEqualTo(commands(4, 2));
    }

    @Test
    void aReceivedSnapshotBeyondTheEndOfTheLogStandsForAll() {
        storage.write(append(1, 3));
        receive(received(10, "everything up to the tenth"));
        storage.write(WriteBatch.compacted(10));

        for (boolean restarted : new boolean[] {false, true}) {
            if (restarted) {
                restart();
            }
            assertThat(storage.state()).isEqualTo(new DurableState(Ballot.NONE, Ballot.NONE, 10, 10, 0, 0, 10, null));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> storage.read(3, 10, 100));
            assertThat(storage.readSnapshot(10, 0, 10)).isEqualTo("everything".getBytes(UTF_8));
        }
        refuse(append(12, 1), "leaves a gap");
        refuse(append(10, 1), "replaces decided entries");
        storage.write(append(11, 2));
        assertThat(readAll()).isEqualTo(commands(11, 2));
        restart();
        assertThat(readAll()).isEqualTo(commands(11, 2));
    }

    @Test
    void aSnapshotAndWhatFollowsIsInstalledInOneBatch() {
        storage.write(append(1, 3));
        receive(received(10, "everything up to the tenth"));

        storage.write(new WriteBatch(HIGHER, HIGHER, new LogWrite(11, commands(11, 3)), 12L, null, null, 10L, null));

        restart();
        assertThat(storage.state()).isEqualTo(new DurableState(HIGHER, HIGHER, 13, 12, 0, 0, 10, null));
        assertThat(readAll()).isEqualTo(commands(11, 3));
    }

    @Test
    void aReceivedSnapshotWithinTheLogLeavesTheEntriesAboveIt() {
        storage.write(append(1, 5));
        receive(received(3, "up to the third"));
        storage.write(WriteBatch.compacted(3));

        assertThat(storage.state()).isEqualTo(new DurableState(Ballot.NONE, Ballot.NONE, 5, 3, 0, 0, 3, null));
        assertThat(readAll()).isEqualTo(commands(4, 2));
        restart();
        assertThat(readAll()).isEqualTo(commands(4, 2));
        storage.write(WriteBatch.entries(new LogWrite(4, commands(40, 1))));
        assertThat(readAll()).isEqualTo(commands(40, 1));
    }

    @Test
    void aReceivedSnapshotIsThereWithItsLastPiece() {
        ReceivedSnapshot snapshot = ReceivedSnapshot.of(7, NEXT, randomBytes(200_000), 70_000);

        storage.write(snapshot.piece(0));
        storage.write(snapshot.piece(70_000));
        assertThat(storage.snapshots()).isEmpty();
        storage.write(snapshot.piece(140_000));

        assertThat(storage.snapshots()).containsExactly(snapshot.info());
        assertThat(storage.state()).isEqualTo(DurableState.EMPTY);
        restart();
        assertThat(storage.snapshots()).containsExactly(snapshot.info());
        assertThat(StoredModel.contentOf(storage, snapshot.info())).isEqualTo(snapshot.content());
    }

    @Test
    void aFirstPieceDropsWhatWasReceivedBefore() {
        ReceivedSnapshot dropped = ReceivedSnapshot.of(7, NEXT, randomBytes(100), 40);
        ReceivedSnapshot snapshot = ReceivedSnapshot.of(8, NEXT, randomBytes(100), 60);

        storage.write(dropped.piece(0));
        storage.write(dropped.piece(40));
        storage.write(snapshot.piece(0));
        storage.write(snapshot.piece(0));
        storage.write(snapshot.piece(60));

        assertThat(storage.snapshots()).containsExactly(snapshot.info());
        assertThat(StoredModel.contentOf(storage, snapshot.info())).isEqualTo(snapshot.content());
    }

    @Test
    void aRestartDropsWhatWasReceivedInPart() {
        ReceivedSnapshot snapshot = ReceivedSnapshot.of(7, NEXT, randomBytes(100), 60);
        storage.write(snapshot.piece(0));
        restart();

        refuse(snapshot.piece(60), "does not follow");
        receive(snapshot);

        assertThat(StoredModel.contentOf(storage, snapshot.info())).isEqualTo(snapshot.content());
    }

    @Test
    void aPieceThatDoesNotFollowIsRefusedAndStoresNothing() {
        ReceivedSnapshot snapshot = ReceivedSnapshot.of(7, NEXT, randomBytes(100), 40);
        ReceivedSnapshot another = ReceivedSnapshot.of(7, NEXT, randomBytes(101), 40);

        refuse(snapshot.piece(40), "does not follow");
        storage.write(snapshot.piece(0));
        refuse(another.piece(40), "does not follow");
        refuse(snapshot.piece(80), "does not follow");
        refuse(new SnapshotPart(snapshot.info(), 40, new byte[0]), "empty");
        refuse(new SnapshotPart(snapshot.info(), 40, new byte[61]), "beyond the end");
        refuse(new SnapshotPart(another.info(), 0, new byte[102]), "beyond the end");
        storage.write(snapshot.piece(40));
        storage.write(snapshot.piece(80));

        assertThat(StoredModel.contentOf(storage, snapshot.info())).isEqualTo(snapshot.content());
    }

    @Test
    void aReceivedSnapshotThatIsNotWhatItsChecksumSaysEndsTheStorage() {
        ReceivedSnapshot snapshot = ReceivedSnapshot.of(7, NEXT, randomBytes(100), 100);
        byte[] damaged = snapshot.content().clone();
        damaged[50] ^= 1;
        storage.write(append(1, 2));

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.write(new SnapshotPart(snapshot.info(), 0, damaged)))
                .withMessageContaining("the snapshot of index 7")
                .withMessageContaining("start the node again");

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.write(append(3, 1)))
                .withMessageContaining("the snapshot of index 7");
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> storage.write(snapshot.piece(0)));
        assertThat(storage.snapshots()).isEmpty();
        restart();
        assertThat(storage.snapshots()).isEmpty();
        assertThat(readAll()).isEqualTo(commands(1, 2));
    }

    @Test
    void aSnapshotThatIsOldBeforeItIsThereIsRefused() throws IOException {
        storage.write(append(1, 5));
        try (SnapshotWriter writer = storage.beginSnapshot(3, NEXT)) {
            writer.write(1);
            receive(received(8, "newer"));
            storage.write(WriteBatch.compacted(8));

            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(writer::commit)
                    .withMessageContaining("behind a newer one");
        }

        refuse(received(8, "the same").piece(0), "stands for everything up to 8");
        refuse(received(3, "older").piece(0), "stands for everything up to 8");
        assertThat(storage.snapshots()).extracting(SnapshotInfo::index).containsExactly(8L);
        restart();
        assertThat(storage.snapshots()).extracting(SnapshotInfo::index).containsExactly(8L);
    }

    @Test
    void aSnapshotIsWrittenByAnotherThreadWhileTheLogGoesOn() throws Exception {
        storage.write(append(1, 5));
        byte[] content = randomBytes(500_000);
        CountDownLatch halfWritten = new CountDownLatch(1);
        CountDownLatch logWentOn = new CountDownLatch(1);
        CompletableFuture<SnapshotInfo> committed = onAnotherThread(() -> {
            try (SnapshotWriter writer = storage.beginSnapshot(5, NEXT)) {
                writer.write(content, 0, 250_000);
                halfWritten.countDown();
                logWentOn.await();
                writer.write(content, 250_000, 250_000);
                return writer.commit();
            }
        });

        halfWritten.await();
        storage.write(append(6, 1));
        logWentOn.countDown();
        for (int index = 7; !committed.isDone(); index++) {
            storage.write(append(index, 1));
        }

        assertThat(storage.snapshots()).containsExactly(committed.get());
        assertThat(StoredModel.contentOf(storage, committed.get())).isEqualTo(content);
        storage.write(WriteBatch.compacted(5));
        restart();
        assertThat(StoredModel.contentOf(storage, committed.get())).isEqualTo(content);
        assertThat(storage.read(6, 6, 0)).isEqualTo(commands(6, 1));
    }

    @Test
    void aSnapshotThatIsDeletedWhileItIsReadEndsTheReading() throws Exception {
        storage.write(append(1, 5));
        SnapshotInfo old = snapshot(2, "old".repeat(50_000));
        byte[] content = StoredModel.contentOf(storage, old);
        CountDownLatch reading = new CountDownLatch(1);
        CompletableFuture<Integer> reader = onAnotherThread(() -> {
            for (int reads = 0; ; reads++) {
                try {
                    assertThat(storage.readSnapshot(2, 1000, 140_000))
                            .isEqualTo(Arrays.copyOfRange(content, 1000, 141_000));
                } catch (IndexOutOfBoundsException deleted) {
                    return reads;
                }
                reading.countDown();
            }
        });

        reading.await();
        snapshot(4, "new");
        storage.write(WriteBatch.compacted(4));

        assertThat(reader.get()).isPositive();
    }

    static ReceivedSnapshot received(long index, String content) {
        return ReceivedSnapshot.of(index, NEXT, content.getBytes(UTF_8), 1_000);
    }

    private void receive(ReceivedSnapshot snapshot) {
        snapshot.perform(storage);
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static <T> CompletableFuture<T> onAnotherThread(Callable<T> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.call();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                task -> new Thread(task).start());
    }
}
