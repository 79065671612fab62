package io.omnipaxos.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.simulation.SimulatedFileSystem;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StoredModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The end of the log after a loss of power, and after damage that only looks like one. */
class TornTailTest {

    private static final FileStorageSettings SETTINGS =
            new FileStorageSettings(Path.of("data"), "cluster", 1, 16 << 10);
    private static final Path SEGMENT = Path.of("data", "00000000000000000001.segment");
    private static final Ballot BALLOT = new Ballot(1, 1, 0, 1);
    private static final int SECTOR = RecordHeader.SECTOR;

    private final SimulatedFileSystem layer = new SimulatedFileSystem(1);
    private StoredModel withoutLast;
    private StoredModel complete;
    private byte[] bytes;
    private int lastRecord;
    private int lastRecordEnd;

    /** Three records, and a last one of five sectors, one of which is zero by itself. */
    @BeforeEach
    void writeRecords() {
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            storage.write(WriteBatch.bootCounter(1));
            storage.write(new WriteBatch(BALLOT, BALLOT, new LogWrite(1, List.of(command(1, 600))), null, null, null));
            storage.write(WriteBatch.decided(1));
            withoutLast = StoredModel.of(storage);
            byte[] before = layer.file(SEGMENT).bytes();
            storage.write(new WriteBatch(
                    null, null, new LogWrite(2, List.of(command(2, 1100), zeros(1100))), 2L, 2L, 9L));
            complete = StoredModel.of(storage);
            bytes = layer.file(SEGMENT).bytes();
            lastRecord = Arrays.mismatch(before, bytes);
        }
        lastRecordEnd = IntStream.iterate(bytes.length - 1, i -> i - 1)
                        .filter(i -> bytes[i] != 0)
                        .findFirst()
                        .getAsInt()
                + 1;
        assertThat(lastRecord % SECTOR).isZero();
        assertThat((lastRecordEnd - lastRecord) / SECTOR).isEqualTo(4);
        assertThat(RecordHeader.countZeroSectors(bytes, lastRecord, 5 * SECTOR)).isPositive();
    }

    @Test
    void theLastRecordCutAtAnyByteIsCutOff() {
        for (int end = lastRecord; end <= bytes.length; end++) {
            StoredModel expected = end < lastRecordEnd ? withoutLast : complete;
            assertFound(Arrays.copyOf(bytes, end), expected, "cut at " + end);
        }
    }

    @Test
    void theLastRecordWithZerosFromAnyByteOnIsCutOff() {
        for (int end = lastRecord; end <= lastRecordEnd; end++) {
            byte[] torn = bytes.clone();
            Arrays.fill(torn, end, torn.length, (byte) 0);
            assertFound(torn, Arrays.equals(torn, bytes) ? complete : withoutLast, "zeros from " + end);
        }
    }

    @Test
    void theLastRecordWithoutAnyOfItsSectorsIsCutOff() {
        for (int lost = 0; lost < 32; lost++) {
            byte[] torn = bytes.clone();
            for (int sector = 0; sector < 5; sector++) {
                if ((lost & 1 << sector) != 0) {
                    int from = lastRecord + sector * SECTOR;
                    Arrays.fill(torn, from, from + SECTOR, (byte) 0);
                }
            }
            assertFound(torn, Arrays.equals(torn, bytes) ? complete : withoutLast, "lost sectors " + lost);
        }
    }

    @Test
    void aSingleBitFlippedAnywhereIsRefusedOrWithoutEffect() {
        int refused = 0;
        for (int bit = 0; bit < 8 * (lastRecordEnd + 2 * SECTOR); bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            SimulatedFileSystem damaged = with(flipped);
            try (FileStorage storage = FileStorage.open(SETTINGS, damaged)) {
                assertThat(StoredModel.of(storage)).as("bit %s", bit).isEqualTo(complete);
            } catch (StorageException e) {
                refused++;
                assertThat(e).hasMessageContaining(SEGMENT.toString()).hasMessageContaining("offset");
            }
        }
        // All but the zeros that fill up sectors and the rest of the file.
        assertThat(refused).isGreaterThan(8 * 2500);
    }

    @Test
    void aSingleBitFlippedInAnyOfManySegmentsIsRefusedOrWithoutEffect() {
        FileStorageSettings small = new FileStorageSettings(Path.of("data"), "cluster", 1, 4 << 10);
        SimulatedFileSystem many = new SimulatedFileSystem(3);
        StoredModel stored;
        try (FileStorage storage = FileStorage.open(small, many)) {
            for (int index = 1; index <= 12; index++) {
                storage.write(WriteBatch.entries(new LogWrite(index, List.of(command(index, 300 * (index % 4))))));
            }
            stored = StoredModel.of(storage);
        }
        assertThat(many.files()).hasSize(3);
        for (Path file : many.files()) {
            for (long bit = 0; bit < 8 * many.file(file).size(); bit += 5) {
                SimulatedFileSystem damaged = many.copy();
                damaged.file(file).flip(bit);
                try (FileStorage storage = FileStorage.open(small, damaged)) {
                    assertThat(StoredModel.of(storage))
                            .as("%s, bit %s", file, bit)
                            .isEqualTo(stored);
                } catch (StorageException e) {
                    assertThat(e).hasMessageContaining(file.toString()).hasMessageContaining("offset");
                }
            }
        }
    }

    @Test
    void aBitFlippedInAnyContentOfTheLastRecordIsRefused() {
        for (int bit = 8 * lastRecord; bit < 8 * lastRecordEnd; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(flipped, "bit " + bit);
        }
    }

    @Test
    void damageBeforeAWholeRecordIsRefusedInWords() {
        for (int from = SECTOR; from < lastRecord; from += SECTOR) {
            byte[] damaged = bytes.clone();
            Arrays.fill(damaged, from, from + SECTOR, (byte) 0);
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> FileStorage.open(SETTINGS, with(damaged)))
                    .withMessageContaining(SEGMENT + " is damaged at offset ")
                    .withMessageContaining("a later record at offset ")
                    .withMessageContaining("delete ");
        }
    }

    @Test
    void whatALaterRecordProvesIsRefusedEvenIfThatOneIsTorn() {
        byte[] damaged = Arrays.copyOf(bytes, lastRecord + SECTOR);
        damaged[lastRecord - SECTOR] ^= 1;

        assertRefused(damaged, "a torn record behind a damaged one");
    }

    @Test
    void aRecordInsideOfAPayloadProvesNothing() {
        SimulatedFileSystem other = new SimulatedFileSystem(2);
        try (FileStorage storage = FileStorage.open(SETTINGS, other)) {
            for (int boot = 1; boot <= 10; boot++) {
                storage.write(WriteBatch.bootCounter(boot));
            }
        }
        byte[] ownRecords = Arrays.copyOfRange(bytes, SECTOR, lastRecordEnd);
        byte[] laterRecordsOfAnother = Arrays.copyOfRange(other.file(SEGMENT).bytes(), SECTOR, 11 * SECTOR);

        for (byte[] records : List.of(ownRecords, laterRecordsOfAnother)) {
            assertFound(withTornCopyOf(records), complete, "a torn record with records in it");
        }
    }

    /** A log with one more record, of which the first sector is lost, and in which records begin at sectors. */
    private byte[] withTornCopyOf(byte[] records) {
        int payloadOffset = RecordHeader.HEADER_BYTES + RecordEncoder.ENTRY_FRAME + 1 + 5 * Long.BYTES;
        byte[] payload = new byte[SECTOR - payloadOffset + records.length];
        System.arraycopy(records, 0, payload, SECTOR - payloadOffset, records.length);
        SimulatedFileSystem copy = layer.copy();
        try (FileStorage storage = FileStorage.open(SETTINGS, copy)) {
            storage.write(WriteBatch.entries(
                    new LogWrite(4, List.of(new Command(new ProposalId(1, 1, 9), 1, 0, payload)))));
        }
        byte[] torn = copy.file(SEGMENT).bytes();
        int record = lastRecord + 5 * SECTOR;
        assertThat(Arrays.mismatch(Arrays.copyOfRange(torn, record + SECTOR, torn.length), records))
                .isIn(-1, records.length);
        Arrays.fill(torn, record, record + SECTOR, (byte) 0);
        return torn;
    }

    @Test
    void theLogGoesOnBehindTheCut() {
        SimulatedFileSystem torn = with(Arrays.copyOf(bytes, lastRecordEnd - 700));
        WriteBatch next = WriteBatch.entries(new LogWrite(2, List.of(command(5, 10))));
        try (FileStorage storage = FileStorage.open(SETTINGS, torn)) {
            storage.write(next);
        }
        torn.cutPower();

        try (FileStorage storage = FileStorage.open(SETTINGS, torn)) {
            withoutLast.after(next).assertEquals(storage);
        }
    }

    private void assertFound(byte[] content, StoredModel expected, String description) {
        SimulatedFileSystem copy = with(content);
        for (int opening = 1; opening <= 2; opening++) {
            try (FileStorage storage = FileStorage.open(SETTINGS, copy)) {
                assertThat(StoredModel.of(storage))
                        .as("%s, opening %s", description, opening)
                        .isEqualTo(expected);
            }
            copy.cutPower();
        }
    }

    private void assertRefused(byte[] content, String description) {
        assertThatExceptionOfType(StorageException.class)
                .as(description)
                .isThrownBy(() -> FileStorage.open(SETTINGS, with(content)));
    }

    private SimulatedFileSystem with(byte[] content) {
        SimulatedFileSystem copy = layer.copy();
        copy.file(SEGMENT).replace(content);
        return copy;
    }

    private static LogEntry command(long sequence, int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) sequence);
        return new Command(new ProposalId(1, 1, sequence), 1, 0, payload);
    }

    private static LogEntry zeros(int length) {
        return new Command(new ProposalId(1, 1, 3), 1, 0, new byte[length]);
    }
}
