package io.omnipaxos.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.simulation.SimulatedFileSystem;
import io.omnipaxos.storage.RecentEntries;
import io.omnipaxos.storage.SnapshotWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How much is kept in memory, and how much is read and written for how much. */
class BoundedWorkTest {

    private static final FileStorageSettings SETTINGS = new FileStorageSettings(Path.of("data"), "cluster", 1, 1 << 20);
    private static final ClusterConfiguration CONFIGURATION = ClusterConfiguration.majority(1, List.of(1L, 2L, 3L));
    private static final int ENTRIES = 30_000;

    private final SimulatedFileSystem layer = new SimulatedFileSystem(1);

    @Test
    void aBatchIsOneWriteAndOneSync() {
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            storage.write(append(1, 1));
            long forces = layer.forces();
            long operations = layer.operations();

            storage.write(append(2, 1));

            assertThat(layer.forces() - forces).isOne();
            assertThat(layer.operations() - operations).isEqualTo(2);
        }
    }

    @Test
    void aRefusedOrEmptyBatchTouchesNoFile() {
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            long operations = layer.operations();

            storage.write(WriteBatch.EMPTY);
            assertThatIllegalArgumentException().isThrownBy(() -> storage.write(append(2, 1)));
            assertThatIllegalArgumentException().isThrownBy(() -> storage.write(WriteBatch.compacted(1)));

            assertThat(layer.operations()).isEqualTo(operations);
        }
    }

    @Test
    void theIndexHasOnePointForEach64KiB() {
        SparseIndex index = fullIndex();

        int points = 0;
        for (long next = 1; next <= ENTRIES; next = index.lastOfStretch(next) + 1) {
            points++;
        }
        assertThat(index.lastIndex()).isEqualTo(ENTRIES);
        assertThat(points).isBetween(2, 150 * ENTRIES / (64 << 10) + 1);
    }

    @Test
    void theIndexHasNoPointForWhatIsCompacted() {
        SparseIndex index = fullIndex();

        index.dropUpTo(ENTRIES / 2);

        assertThat(index.floor(ENTRIES / 2 + 1).index()).isBetween(ENTRIES / 2 - 600L, ENTRIES / 2 + 1L);
        assertThat(index.floor(ENTRIES / 2 - 600)).isNull();
        assertThat(index.lastIndex()).isEqualTo(ENTRIES);

        index.dropUpTo(ENTRIES + 100);

        assertThat(index.floor(ENTRIES + 100)).isNull();
        assertThat(index.lastIndex()).isEqualTo(ENTRIES + 100);
    }

    @Test
    void aReadInTheMiddleOfALargeRecordReadsAFewStretches() {
        writeAll();
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            long operations = layer.operations();

            assertThat(storage.read(ENTRIES / 2, ENTRIES, 0)).isEqualTo(commands(ENTRIES / 2, 1));

            // Opening the segment, the header of the record, and at most two stretches for what is up to 64 KiB off.
            assertThat(layer.operations() - operations).isBetween(1L, 4L);
        }
    }

    @Test
    void theEndOfTheLogIsReadWithoutTheDisk() {
        writeAll();
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            storage.write(append(ENTRIES + 1, 10));
            long operations = layer.operations();

            assertThat(storage.read(ENTRIES + 1, ENTRIES + 10, Long.MAX_VALUE)).isEqualTo(commands(ENTRIES + 1, 10));

            assertThat(layer.operations()).isEqualTo(operations);
            assertThat(storage.read(ENTRIES, ENTRIES + 10, Long.MAX_VALUE)).isEqualTo(commands(ENTRIES, 11));
        }
    }

    @Test
    void theRecentEntriesAreBoundedAndFollowACutAndACompaction() {
        long size = commands(1, 1).get(0).size();
        RecentEntries recent = new RecentEntries(100 * size, 0);

        recent.replaceEnd(new LogWrite(1, commands(1, 1000)));
        assertThat(LongStream.rangeClosed(1, 1000).filter(recent::holds)).hasSize(100);
        assertThat(recent.get(901)).isEqualTo(commands(901, 1).get(0));

        recent.replaceEnd(new LogWrite(951, commands(2000, 1)));
        assertThat(LongStream.rangeClosed(1, 1000).filter(recent::holds)).hasSize(51);
        assertThat(recent.get(951)).isEqualTo(commands(2000, 1).get(0));

        recent.dropUpTo(949);
        assertThat(LongStream.rangeClosed(1, 1000).filter(recent::holds)).containsExactly(950L, 951L);

        recent.replaceEnd(new LogWrite(10, commands(3000, 2)));
        assertThat(LongStream.rangeClosed(1, 1000).filter(recent::holds)).containsExactly(10L, 11L);

        recent.dropUpTo(500);
        recent.replaceEnd(new LogWrite(501, commands(501, 1000)));
        assertThat(LongStream.rangeClosed(1, 2000).filter(recent::holds)).hasSize(100);
        assertThat(recent.get(1500)).isEqualTo(commands(1500, 1).get(0));
    }

    @Test
    void aSnapshotIsWrittenAndReadBlockByBlock() throws IOException {
        int block = SnapshotHeader.BLOCK;
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            storage.write(append(1, 1));
            long used = layer.usedBytes();
            try (SnapshotWriter writer = storage.beginSnapshot(1, CONFIGURATION)) {
                for (int i = 1; i <= 20; i++) {
                    writer.write(new byte[block]);
                    assertThat(layer.usedBytes() - used).isGreaterThanOrEqualTo((long) i * block);
                }
                writer.commit();
            }
            long operations = layer.operations();

            storage.readSnapshot(1, 10L * block - 1, block);

            // Opening the file, two reads of its header, and two blocks.
            assertThat(layer.operations() - operations).isEqualTo(5);
        }
    }

    private static SparseIndex fullIndex() {
        RecordEncoder.Encoded record = new RecordEncoder(new Checksum(new UUID(1, 2))).encode(1, append(1, ENTRIES));
        SparseIndex index = new SparseIndex(0);
        index.add(record.header(), record.bytes(), 0, 1, 512);
        return index;
    }

    private void writeAll() {
        try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
            storage.write(append(1, ENTRIES));
        }
    }

    private static WriteBatch append(long first, int count) {
        return WriteBatch.entries(new LogWrite(first, commands(first, count)));
    }

    private static List<LogEntry> commands(long first, int count) {
        return LongStream.range(first, first + count)
                .<LogEntry>mapToObj(i -> new Command(new ProposalId(1, 1, i), 1, 0, new byte[100]))
                .toList();
    }
}
