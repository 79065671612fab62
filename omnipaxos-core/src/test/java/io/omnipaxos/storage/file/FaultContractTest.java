package io.omnipaxos.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.simulation.SimulatedFileSystem;
import io.omnipaxos.simulation.SimulatedFileSystem.Fault;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageOperation.OwnSnapshot;
import io.omnipaxos.storage.StorageOperation.ReceivedSnapshot;
import io.omnipaxos.storage.StoredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How each fault of a disk ends: never in wrong data, always in words that name the place and what to do.
 *
 * <table>
 *   <tr><th>fault</th><th>of the log, or of a snapshot that is received</th><th>of an own snapshot</th></tr>
 *   <tr><td>failing write, failing sync</td><td>final: no more is written, nothing acknowledged is lost</td>
 *       <td>the storage goes on without it</td></tr>
 *   <tr><td>full disk</td><td>final, noticed before anything is begun where the system tells the free space</td>
 *       <td>the storage goes on without it, and the log keeps a segment's space</td></tr>
 *   <tr><td>read-only directory</td><td>final; refused at opening</td><td>the storage goes on without it</td></tr>
 *   <tr><td>torn write</td><td>cut off at opening; see {@link TornTailTest}</td><td>deleted at opening</td></tr>
 *   <tr><td>flipped bit, missing file</td><td>refused at opening; not given out when it happens later</td>
 *       <td>the same if the log begins behind it, else dropped at opening; see {@link CompactionTest}</td></tr>
 * </table>
 *
 * <p>Random faults are in {@link PowerCutTest}, a fault at each single operation in {@link CompactionCrashTest}.
 * Memory knows none of these faults.
 */
class FaultContractTest {

    private static final FileStorageSettings SETTINGS = new FileStorageSettings(Path.of("data"), "cluster", 1, 4 << 10);
    private static final ClusterConfiguration CONFIGURATION = ClusterConfiguration.majority(1, List.of(1L, 2L, 3L));
    private static final String REMEDY = "check the disk and its free space, then start the node again";

    private SimulatedFileSystem layer = new SimulatedFileSystem(7);
    private StoredModel stored;

    @BeforeEach
    void writeTwoEntries() {
        try (FileStorage storage = open()) {
            storage.write(append(1, 700));
            storage.write(append(2, 700));
            stored = StoredModel.of(storage);
        }
    }

    @Test
    void aFailingWriteIsFinal() {
        try (FileStorage storage = open()) {
            assertFinal(storage, () -> writeWithErrorAt(1, storage), segment(1), "writing", REMEDY);
        }
        assertFoundAfterLossOfPower(stored, stored.after(append(3, 700)));
    }

    @Test
    void aFailingSyncIsFinalAndNeverTriedAgain() {
        try (FileStorage storage = open()) {
            assertFinal(storage, () -> writeWithErrorAt(2, storage), segment(1), "forcing", REMEDY);
        }
        assertFoundAfterLossOfPower(stored, stored.after(append(3, 700)));
    }

    private void writeWithErrorAt(int operation, FileStorage storage) {
        layer.failAt(operation, Fault.INPUT_OUTPUT_ERROR);
        storage.write(append(3, 700));
    }

    @Test
    void anErrorAtAnyOperationOfTheLogIsFinalAndLosesNothing() {
        int failed = 0;
        for (int operation = 1; operation <= 60; operation++) {
            SimulatedFileSystem disk = new SimulatedFileSystem(operation);
            StoredModel acknowledged = StoredModel.EMPTY;
            StoredModel inFlight = StoredModel.EMPTY;
            try (FileStorage storage = FileStorage.open(SETTINGS, disk)) {
                disk.failAt(operation, Fault.INPUT_OUTPUT_ERROR);
                for (int index = 1; index <= 15; index++) {
                    inFlight = acknowledged.after(append(index, 900));
                    storage.write(append(index, 900));
                    acknowledged = inFlight;
                }
            } catch (StorageException e) {
                failed++;
                assertThat(e).hasRootCauseInstanceOf(IOException.class).hasMessageContaining(".segment");
            }
            disk.restartProcess();
            try (FileStorage storage = FileStorage.open(SETTINGS, disk)) {
                assertThat(StoredModel.of(storage))
                        .as("operation %s", operation)
                        .isIn(acknowledged, inFlight);
            }
        }
        assertThat(failed).isGreaterThan(40);
    }

    @Test
    void afterAFailedSyncAReopenedStorageHasOnTheDiskWhatItShows() {
        StoredModel shown;
        try (FileStorage storage = open()) {
            layer.failAt(2, Fault.INPUT_OUTPUT_ERROR);
            assertThatExceptionOfType(StorageException.class).isThrownBy(() -> storage.write(append(3, 700)));
        }
        layer.restartProcess();
        try (FileStorage storage = open()) {
            shown = StoredModel.of(storage);
            assertThat(shown.state().acceptedIndex()).isEqualTo(3);
        }

        layer.cutPower();

        assertFound(shown);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 50_000})
    void aFullDiskIsNoticedBeforeARecordIsBegun(int payload) {
        stored = fill(true, payload);
        byte[] before = layer.file(newestSegment()).bytes();

        layer.restartProcess();

        assertFound(stored);
        assertThat(layer.file(newestSegment()).bytes()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 900, 50_000})
    void aDiskThatIsFullWithinARecordLosesNothing(int payload) {
        stored = fill(false, payload);

        layer.cutPower();
        assertFound(stored);
        layer.limitTo(Long.MAX_VALUE, true);
        WriteBatch next = append(stored.state().acceptedIndex() + 1, payload);
        try (FileStorage storage = open()) {
            storage.write(next);
        }
        layer.cutPower();
        assertFound(stored.after(next));
    }

    @Test
    void aTornWriteIsCutOff() {
        try (FileStorage storage = open()) {
            layer.failAt(1, Fault.POWER_CUT);
            assertThatExceptionOfType(StorageException.class).isThrownBy(() -> storage.write(append(3, 1500)));
        }
        assertFoundAfterLossOfPower(stored, stored.after(append(3, 1500)));
    }

    @Test
    void aBitThatFlipsInTheLogIsRefusedAtOpeningAndNotGivenOutBefore() {
        try (FileStorage storage = open()) {
            layer.file(segment(1)).flip(8 * 900);

            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> storage.read(1, 1, 0))
                    .withMessageContaining(segment(1) + " is damaged at offset ")
                    .withMessageContaining("entry 1 fails its checksum")
                    .withMessageContaining("put an older copy in place");
            assertThat(storage.read(2, 2, 0)).hasSize(1);
        }
        assertRefused(segment(1) + " is damaged at offset 512", "delete ");
    }

    @Test
    void aSegmentThatIsMissingIsRefused() throws IOException {
        StoredModel more = stored;
        try (FileStorage storage = open()) {
            for (int index = 3; index <= 9; index++) {
                storage.write(append(index, 900));
                more = more.after(append(index, 900));
            }
        }
        assertFound(more);
        layer.delete(segment(2));

        assertRefused(segment(2) + " is missing", "delete ");
    }

    @Test
    void aDirectoryThatIsReadOnlyIsRefusedAtOpening() {
        layer.makeReadOnly();

        assertRefused("data cannot be used", "it must be a directory in which this process may make and write files");
    }

    @Test
    void aDirectoryThatBecomesReadOnlyEndsTheStorage() {
        try (FileStorage storage = open()) {
            layer.makeReadOnly();

            assertFinal(storage, () -> storage.write(append(3, 900)), segment(1), "Read-only file system", REMEDY);
        }
    }

    @Test
    void anErrorAtAnyOperationOfAnOwnSnapshotLeavesTheLogAsItWas() throws IOException {
        OwnSnapshot snapshot = OwnSnapshot.of(2, CONFIGURATION, content());
        SimulatedFileSystem before = layer;
        int failed = 0;
        boolean stopped = true;
        for (int operation = 1; stopped; operation++) {
            layer = before.copy();
            try (FileStorage storage = open()) {
                layer.failAt(operation, Fault.INPUT_OUTPUT_ERROR);
                stopped = fails(() -> snapshot.perform(storage));
                layer.restartProcess();
                failed += stopped ? 1 : 0;

                StoredModel expected = stopped ? stored : snapshot.after(stored);
                expected.assertEquals(storage);
                storage.write(append(3, 900));
                snapshot.perform(storage);
                snapshot.after(expected).after(append(3, 900)).assertEquals(storage);
            }
            assertFound(snapshot.after(stored).after(append(3, 900)));
            assertThat(layer.files()).containsExactly(segment(1), snapshot(2));
        }
        // Make, three blocks, header, force, rename, force the directory.
        assertThat(failed).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDiskThatIsFullWithinAnOwnSnapshotLeavesTheLogAsItWas(boolean told) throws IOException {
        try (FileStorage storage = open()) {
            layer.limitTo(layer.usedBytes() + 100_000, told);
            try (SnapshotWriter writer = storage.beginSnapshot(2, CONFIGURATION)) {
                assertThatIOException()
                        .isThrownBy(() -> writer.write(content()))
                        .withMessageContaining(told ? "the disk is nearly full" : "No space left on device");
                assertThatExceptionOfType(StorageException.class)
                        .isThrownBy(writer::commit)
                        .withMessageContaining(snapshot(2).toString())
                        .withMessageContaining("is closed, or failed before");
            }

            storage.write(append(3, 900));
            stored.after(append(3, 900)).assertEquals(storage);
        }
        assertThat(layer.files()).containsExactly(segment(1));
        assertFound(stored.after(append(3, 900)));
    }

    @Test
    void aSnapshotLeavesTheSpaceOfASegmentToTheLog() throws IOException {
        int block = SnapshotHeader.BLOCK + SnapshotHeader.BLOCK_TRAILER;
        try (FileStorage storage = open();
                SnapshotWriter writer = storage.beginSnapshot(2, CONFIGURATION)) {
            layer.limitTo(layer.usedBytes() + RecordHeader.SECTOR + 2 * block + SETTINGS.segmentBytes(), true);

            writer.write(new byte[2 * SnapshotHeader.BLOCK]);
            for (int index = 3; index <= 6; index++) {
                storage.write(append(index, 900));
            }

            assertThat(layer.usableSpace(Path.of("data"))).isZero();
            assertThatIOException()
                    .isThrownBy(() -> writer.write(new byte[SnapshotHeader.BLOCK]))
                    .withMessageContaining("are left to the log");
        }
    }

    @Test
    void aReadOnlyDirectoryTakesNoOwnSnapshot() {
        try (FileStorage storage = open()) {
            layer.makeReadOnly();

            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> storage.beginSnapshot(2, CONFIGURATION))
                    .withMessageContaining("a snapshot of index 2 cannot be begun in data")
                    .withMessageContaining("the log goes on without it");
            stored.assertEquals(storage);
        }
    }

    @Test
    void anErrorAtAnyOperationOfAReceivedSnapshotIsFinal() throws IOException {
        ReceivedSnapshot snapshot = ReceivedSnapshot.of(9, CONFIGURATION, content(), 100_000);
        SimulatedFileSystem before = layer;
        int failed = 0;
        boolean stopped = true;
        for (int operation = 1; stopped; operation++) {
            layer = before.copy();
            try (FileStorage storage = open()) {
                layer.failAt(operation, Fault.INPUT_OUTPUT_ERROR);
                stopped = fails(() -> snapshot.perform(storage));
                layer.restartProcess();
                if (stopped) {
                    failed++;
                    assertFinal(storage, () -> storage.write(snapshot.piece(0)), snapshot(9), "at operation", REMEDY);
                }
            }
            assertFound(stopped ? stored : snapshot.after(stored));
        }
        assertThat(failed).isEqualTo(8);
    }

    @Test
    void aDiskThatIsFullWithinAReceivedSnapshotEndsTheStorage() {
        ReceivedSnapshot snapshot = ReceivedSnapshot.of(9, CONFIGURATION, content(), 100_000);
        try (FileStorage storage = open()) {
            layer.limitTo(layer.usedBytes() + 100_000, true);

            assertFinal(storage, () -> snapshot.perform(storage), snapshot(9), "the disk is nearly full", REMEDY);
        }
        assertFoundAfterLossOfPower(stored, stored);
        assertThat(layer.files()).containsExactly(segment(1));
    }

    @Test
    void aBitThatFlipsInASnapshotIsNotGivenOut() throws IOException {
        OwnSnapshot snapshot = OwnSnapshot.of(2, CONFIGURATION, content());
        try (FileStorage storage = open()) {
            snapshot.perform(storage);
            layer.file(snapshot(2)).flip(8 * 80_000);

            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> storage.readSnapshot(2, 65_536, 1))
                    .withMessageContaining(snapshot(2) + " is damaged at offset ")
                    .withMessageContaining("fails its checksum");
            assertThat(storage.readSnapshot(2, 0, 65_536)).isEqualTo(Arrays.copyOf(content(), 65_536));
            assertThat(storage.readSnapshot(2, 131_072, 1)).hasSize(1);
        }
        assertFound(stored);
    }

    @Test
    void aSnapshotWhoseFileIsMissingIsNotReadAndRefusedAtOpening() throws IOException {
        try (FileStorage storage = open()) {
            OwnSnapshot.of(2, CONFIGURATION, content()).perform(storage);
            storage.write(WriteBatch.compacted(2));
            layer.delete(snapshot(2));

            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> storage.readSnapshot(2, 0, 1))
                    .withMessageContaining(snapshot(2) + " cannot be read")
                    .withMessageContaining("check the disk");
        }
        assertRefused(snapshot(2) + " is missing", "delete ");
    }

    /** It fails in those words now, fails in the same words ever after, asks the disk no more, and still can be read. */
    private void assertFinal(FileStorage storage, ThrowingCallable failing, Path file, String... words) {
        StoredModel before = StoredModel.of(storage);
        StorageException first = catchThrowableOfType(StorageException.class, failing);
        long operations = layer.operations();

        StorageException second =
                catchThrowableOfType(StorageException.class, () -> storage.write(WriteBatch.bootCounter(1)));

        assertThat(first.getMessage())
                .contains("the storage failed to write " + file + " and takes no more writes")
                .contains(words);
        assertThat(second).hasMessage(first.getMessage()).hasCause(first.getCause());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.beginSnapshot(1, CONFIGURATION))
                .withMessage(first.getMessage());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.write(
                        ReceivedSnapshot.of(50, CONFIGURATION, content(), 9).piece(0)))
                .withMessage(first.getMessage());
        assertThat(layer.operations()).isEqualTo(operations);
        before.assertEquals(storage);
    }

    private void assertFoundAfterLossOfPower(StoredModel before, StoredModel after) {
        layer.cutPower();
        try (FileStorage storage = open()) {
            assertThat(StoredModel.of(storage)).isIn(before, after);
        }
    }

    private void assertFound(StoredModel expected) {
        try (FileStorage storage = open()) {
            expected.assertEquals(storage);
        }
    }

    private void assertRefused(String... words) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(this::open)
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(words));
    }

    private static boolean fails(ThrowingCallable work) throws IOException {
        try {
            work.call();
            return false;
        } catch (StorageException | IOException e) {
            assertThat(e).hasStackTraceContaining("Input/output error");
            return true;
        } catch (Throwable other) {
            throw new AssertionError(other);
        }
    }

    /** Writes until the disk is full, and tells what was acknowledged. */
    private StoredModel fill(boolean told, int payload) {
        layer.limitTo(20_000 + 5L * payload, told);
        StoredModel acknowledged = stored;
        try (FileStorage storage = open()) {
            for (int index = 3; index < 1000; index++) {
                storage.write(append(index, payload));
                acknowledged = acknowledged.after(append(index, payload));
            }
            throw new AssertionError("the disk never was full");
        } catch (StorageException e) {
            assertThat(e).hasMessageContaining(told ? "the disk is full" : "No space left on device");
            assertThat(e).hasMessageContaining(REMEDY);
        }
        assertThat(acknowledged.entries()).hasSizeGreaterThan(2);
        return acknowledged;
    }

    private FileStorage open() {
        return FileStorage.open(SETTINGS, layer);
    }

    private Path newestSegment() {
        List<Path> segments = layer.files().stream()
                .filter(path -> path.toString().endsWith(".segment"))
                .toList();
        return segments.get(segments.size() - 1);
    }

    private static Path segment(int number) {
        return Path.of("data", "%020d.segment".formatted(number));
    }

    private static Path snapshot(int index) {
        return Path.of("data", "%020d.snapshot".formatted(index));
    }

    /** Three blocks. */
    private static byte[] content() {
        byte[] content = new byte[150_000];
        Arrays.fill(content, (byte) 5);
        return content;
    }

    private static WriteBatch append(long index, int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) index);
        return WriteBatch.entries(
                new LogWrite(index, List.of(new Command(new ProposalId(1, 1, index), 1, 0, payload))));
    }
}
