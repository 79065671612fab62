package io.omnipaxos.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StoredModel;
import io.omnipaxos.storage.file.FaultyFileLayer.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that fail, and disks that are full. */
class FailedWriteTest {

    private static final FileStorageSettings SETTINGS = new FileStorageSettings(Path.of("data"), "cluster", 1, 4 << 10);

    private final FaultyFileLayer layer = new FaultyFileLayer(7);

    @Test
    void aBatchIsOneWriteAndOneSync() {
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            storage.write(append(1, 100));
            long forces = layer.forces();
            long operations = layer.operations();
            long nanos = layer.nanos();

            storage.write(append(2, 100));

            assertThat(layer.forces() - forces).isOne();
            assertThat(layer.operations() - operations).isEqualTo(2);
            assertThat(layer.nanos()).isGreaterThan(nanos);
        }
    }

    @Test
    void aRefusedOrEmptyBatchTouchesNoFile() {
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            long operations = layer.operations();

            storage.write(WriteBatch.EMPTY);
            assertThatIllegalArgumentException().isThrownBy(() -> storage.write(append(2, 100)));

            assertThat(layer.operations()).isEqualTo(operations);
        }
    }

    @Test
    void anErrorAtAnyOperationIsFinalAndLosesNothing() {
        int failed = 0;
        for (int operation = 1; operation <= 60; operation++) {
            FaultyFileLayer disk = new FaultyFileLayer(operation);
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
                assertThat(e).hasRootCauseInstanceOf(IOException.class).hasMessageContaining("data");
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
    void aFailedSyncIsNeverTriedAgain() {
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            storage.write(append(1, 100));
            layer.failAt(2, Fault.INPUT_OUTPUT_ERROR);
            StorageException first = catchThrowableOfType(StorageException.class, () -> storage.write(append(2, 100)));
            long operations = layer.operations();

            StorageException second =
                    catchThrowableOfType(StorageException.class, () -> storage.write(WriteBatch.bootCounter(1)));

            assertThat(first).hasMessageContaining("forcing").hasCauseInstanceOf(IOException.class);
            assertThat(second).hasMessage(first.getMessage()).hasCause(first.getCause());
            assertThat(layer.operations()).isEqualTo(operations);
            assertThat(storage.state().acceptedIndex()).isOne();
            assertThat(storage.read(1, 1, 0)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 50_000})
    void aFullDiskIsNoticedBeforeARecordIsBegun(int payload) {
        StoredModel stored = fill(true, payload);
        byte[] before = layer.file(newestSegment()).bytes();

        layer.restartProcess();
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            stored.assertEquals(storage);
        }
        assertThat(layer.file(newestSegment()).bytes()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 900, 50_000})
    void aDiskThatIsFullWithinARecordLosesNothing(int payload) {
        StoredModel stored = fill(false, payload);

        layer.cutPower();
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            stored.assertEquals(storage);
        }
        layer.limitTo(Long.MAX_VALUE, true);
        WriteBatch next = append(stored.state().acceptedIndex() + 1, payload);
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            storage.write(next);
        }
        layer.cutPower();
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            stored.after(next).assertEquals(storage);
        }
    }

    @Test
    void afterAFailedSyncAReopenedStorageHasOnTheDiskWhatItShows() {
        StoredModel shown;
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            storage.write(append(1, 700));
            layer.failAt(2, Fault.INPUT_OUTPUT_ERROR);
            assertThatExceptionOfType(StorageException.class).isThrownBy(() -> storage.write(append(2, 700)));
        }
        layer.restartProcess();
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            shown = StoredModel.of(storage);
            assertThat(shown.state().acceptedIndex()).isEqualTo(2);
        }

        layer.cutPower();

        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            shown.assertEquals(storage);
        }
    }

    @Test
    void aChangedEntryIsNotGivenOut() {
        FileStorage.open(SETTINGS, layer).close();
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            storage.write(append(1, 700));
        }
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            layer.file(newestSegment()).flip(8 * 900);

            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> storage.read(1, 1, 0))
                    .withMessageContaining(newestSegment() + " is damaged at offset ")
                    .withMessageContaining("entry 1 fails its checksum");
        }
    }

    /** Writes until the disk is full, and tells what was acknowledged. */
    private StoredModel fill(boolean told, int payload) {
        layer.limitTo(20_000 + 5L * payload, told);
        StoredModel stored = StoredModel.EMPTY;
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            for (int index = 1; index < 1000; index++) {
                storage.write(append(index, payload));
                stored = stored.after(append(index, payload));
            }
            throw new AssertionError("the disk never was full");
        } catch (StorageException e) {
            assertThat(e).hasMessageContaining(told ? "the disk is full" : "No space left on device");
        }
        assertThat(stored.entries()).isNotEmpty();
        return stored;
    }

    private Path newestSegment() {
        List<Path> segments = layer.files().stream()
                .filter(path -> path.toString().endsWith(".segment"))
                .toList();
        return segments.get(segments.size() - 1);
    }

    private static WriteBatch append(long index, int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) index);
        return WriteBatch.entries(
                new LogWrite(index, List.of(new Command(new ProposalId(1, 1, index), 1, 0, payload))));
    }
}
