package io.omnipaxos.storage.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How much is kept in memory, and how much is read for how much. */
class BoundedReadTest {

    private static final FileStorageSettings SETTINGS = new FileStorageSettings(Path.of("data"), "cluster", 1, 1 << 20);
    private static final int ENTRIES = 30_000;

    private final FaultyFileLayer layer = new FaultyFileLayer(1);

    @Test
    void theIndexHasOnePointForEach64KiB() {
        Checksum checksum = new Checksum(new UUID(1, 2));
        RecordEncoder.Encoded record = new RecordEncoder(checksum).encode(1, append(1, ENTRIES));
        SparseIndex index = new SparseIndex(0);

        index.add(record.header(), record.bytes(), 0, 1, 512);

        int points = 0;
        for (long next = 1; next <= ENTRIES; next = index.lastOfStretch(next) + 1) {
            points++;
        }
        assertThat(index.lastIndex()).isEqualTo(ENTRIES);
        assertThat(points).isBetween(2, record.header().recordLength() / (64 << 10) + 1);
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
    void theRecentEntriesAreBoundedAndFollowACut() {
        long size = commands(1, 1).get(0).size();
        RecentEntries recent = new RecentEntries(100 * size, 0);

        recent.replaceEnd(new LogWrite(1, commands(1, 1000)));
        assertThat(LongStream.rangeClosed(1, 1000).filter(recent::holds)).hasSize(100);
        assertThat(recent.get(901)).isEqualTo(commands(901, 1).get(0));

        recent.replaceEnd(new LogWrite(951, commands(2000, 1)));
        assertThat(LongStream.rangeClosed(1, 1000).filter(recent::holds)).hasSize(51);
        assertThat(recent.get(951)).isEqualTo(commands(2000, 1).get(0));

        recent.replaceEnd(new LogWrite(10, commands(3000, 2)));
        assertThat(LongStream.rangeClosed(1, 1000).filter(recent::holds)).containsExactly(10L, 11L);
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
