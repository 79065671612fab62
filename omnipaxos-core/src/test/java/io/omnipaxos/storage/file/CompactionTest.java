package io.omnipaxos.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.simulation.SimulatedFileSystem;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageOperation.OwnSnapshot;
import io.omnipaxos.storage.StorageOperation.ReceivedSnapshot;
import io.omnipaxos.storage.StoredModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which files are left where snapshots stand for the beginning of the log, and which of them may be missing. */
class CompactionTest {

    private static final FileStorageSettings SETTINGS = new FileStorageSettings(Path.of("data"), "cluster", 1, 4 << 10);
    private static final ClusterConfiguration CONFIGURATION = ClusterConfiguration.majority(1, List.of(1L, 2L, 3L));
    private static final Ballot BALLOT = new Ballot(1, 4, 0, 2);
    private static final Membership MEMBERSHIP = Membership.in(CONFIGURATION).asEligible();

    private final SimulatedFileSystem layer = new SimulatedFileSystem(1);
    private StoredModel written;

    /** Segments of three entries, and all metadata but what is decided in the first one. */
    @BeforeEach
    void writeSegments() {
        try (FileStorage storage = open()) {
            storage.write(new WriteBatch(BALLOT, BALLOT, null, null, 3L, 5L, null, MEMBERSHIP));
            for (int index = 1; index <= 16; index++) {
                storage.write(append(index));
            }
            storage.write(WriteBatch.decided(12));
            written = StoredModel.of(storage);
        }
        assertThat(layer.files()).containsExactly(segments(1, 6));
    }

    @Test
    void segmentsThatASnapshotStandsForAreDeletedDurably() throws IOException {
        try (FileStorage storage = open()) {
            own(4).perform(storage);
            own(7).perform(storage);
            own(11).perform(storage);

            storage.write(WriteBatch.compacted(7));

            assertThat(layer.files()).containsExactly(with(segments(3, 6), snapshot(7), snapshot(11)));
        }
        layer.cutPower();
        assertThat(layer.files()).containsExactly(with(segments(3, 6), snapshot(7), snapshot(11)));
        StoredModel expected = own(11).after(own(7).after(written)).after(WriteBatch.compacted(7));
        try (FileStorage storage = open()) {
            expected.assertEquals(storage);
            assertThat(storage.state().membership()).isEqualTo(MEMBERSHIP);
            storage.write(WriteBatch.compacted(11));
            assertThat(layer.files()).containsExactly(with(segments(5, 7), snapshot(11)));
            expected.after(WriteBatch.compacted(11)).assertEquals(storage);
        }
    }

    @Test
    void theNewestSegmentStaysWhateverIsCompacted() throws IOException {
        ReceivedSnapshot beyond = ReceivedSnapshot.of(100, CONFIGURATION, content(100), 70_000);
        StoredModel expected = beyond.after(written).after(WriteBatch.compacted(100));
        try (FileStorage storage = open()) {
            beyond.perform(storage);
            storage.write(WriteBatch.compacted(100));
            assertThat(layer.files()).containsExactly(with(segments(6, 6), snapshot(100)));
        }
        try (FileStorage storage = open()) {
            expected.assertEquals(storage);
            storage.write(append(101));
            expected.after(append(101)).assertEquals(storage);
        }
        try (FileStorage storage = open()) {
            expected.after(append(101)).assertEquals(storage);
        }
    }

    @Test
    void whatACrashLeftUndeletedIsDeletedAtTheNextOpening() throws IOException {
        StoredModel expected = own(7).after(written).after(WriteBatch.compacted(7));
        SimulatedFileSystem before = compactedThenLost();

        try (FileStorage storage = FileStorage.open(SETTINGS, before)) {
            expected.assertEquals(storage);
        }

        assertThat(before.files()).containsExactly(with(segments(3, 6), snapshot(7)));
    }

    @Test
    void anOlderSegmentMayComeBackWithoutTheOneBehindIt() throws IOException {
        StoredModel expected = own(7).after(written).after(WriteBatch.compacted(7));
        SimulatedFileSystem before = compactedThenLost();
        before.delete(segment(2));

        try (FileStorage storage = FileStorage.open(SETTINGS, before)) {
            expected.assertEquals(storage);
        }

        assertThat(before.files()).containsExactly(with(segments(3, 6), snapshot(7)));
    }

    @Test
    void aSegmentBehindTheSnapshotMustNotBeMissing() throws IOException {
        try (FileStorage storage = open()) {
            own(7).perform(storage);
            storage.write(WriteBatch.compacted(7));
        }
        for (int number = 3; number <= 6; number++) {
            SimulatedFileSystem without = layer.copy();
            without.delete(segment(number));

            refused(without, segment(number) + " is missing", "delete ");
        }
    }

    @Test
    void withoutACompactionNoSegmentMayBeMissing() throws IOException {
        own(7).perform(openForGood());
        SimulatedFileSystem without = layer.copy();
        without.delete(segment(1));

        refused(without, segment(1) + " is missing");
    }

    @Test
    void theSnapshotAtTheBeginningOfTheLogMustNotBeMissing() throws IOException {
        FileStorage storage = openForGood();
        own(7).perform(storage);
        own(9).perform(storage);
        storage.write(WriteBatch.compacted(7));
        SimulatedFileSystem without = layer.copy();
        without.delete(snapshot(7));

        refused(without, snapshot(7) + " is missing", "the log begins behind that snapshot");
    }

    @Test
    void snapshotsWithoutAnySegmentAreRefused() throws IOException {
        own(7).perform(openForGood());
        SimulatedFileSystem without = layer.copy();
        for (Path segment : segments(1, 6)) {
            without.delete(segment);
        }

        refused(without, segment(1) + " is missing", "there are snapshots, but no segment");
        assertThat(without.files()).containsExactly(snapshot(7));
    }

    @Test
    void anUnfinishedSnapshotIsDeletedAtOpening() throws IOException {
        ReceivedSnapshot received = ReceivedSnapshot.of(100, CONFIGURATION, content(100), 70_000);
        FileStorage storage = openForGood();
        storage.beginSnapshot(3, CONFIGURATION).write(content(3));
        storage.write(received.piece(0));
        assertThat(layer.files()).hasSize(8);
        SimulatedFileSystem restarted = layer.copy();

        try (FileStorage opened = FileStorage.open(SETTINGS, restarted)) {
            written.assertEquals(opened);
        }

        assertThat(restarted.files()).containsExactly(segments(1, 6));
    }

    @Test
    void aClosedStorageLeavesTheFilesOfTheNextOneAlone() throws IOException {
        FileStorage first = open();
        var late = first.beginSnapshot(3, CONFIGURATION);
        first.close();
        try (FileStorage next = open();
                var writer = next.beginSnapshot(3, CONFIGURATION)) {
            writer.write(content(3));
            late.close();
            writer.commit();
            own(3).after(written).assertEquals(next);
        }
    }

    @Test
    void anyChangeOfANeededSnapshotIsRefused() throws IOException {
        changes(compactedThenLost(), snapshot(7))
                .forEach(changed -> refused(changed, snapshot(7) + " is damaged at offset ", "delete "));
    }

    @Test
    void aDamagedSnapshotThatTheLogCanDoWithoutIsDropped() throws IOException {
        FileStorage storage = openForGood();
        own(7).perform(storage);
        own(9).perform(storage);
        storage.write(WriteBatch.compacted(7));
        StoredModel expected = own(7).after(written).after(WriteBatch.compacted(7));

        changes(layer, snapshot(9)).forEach(changed -> {
            try (FileStorage opened = FileStorage.open(SETTINGS, changed)) {
                expected.assertEquals(opened);
            }
            assertThat(changed.files()).doesNotContain(snapshot(9));
        });
    }

    @Test
    void aSnapshotUnderTheNameOfAnotherIsDamaged() throws IOException {
        FileStorage storage = openForGood();
        own(7).perform(storage);
        own(9).perform(storage);
        storage.write(WriteBatch.compacted(7));
        SimulatedFileSystem renamed = layer.copy();
        renamed.rename(snapshot(9), snapshot(7));

        refused(renamed, snapshot(7) + " is damaged", "by its header it is the snapshot of index 9");
    }

    @Test
    void aSnapshotOfAnotherStorageIsRefusedEvenIfItIsNotNeeded() throws IOException {
        SimulatedFileSystem another = new SimulatedFileSystem(2);
        try (FileStorage storage = FileStorage.open(SETTINGS, another)) {
            storage.write(append(1));
            own(1).perform(storage);
        }
        SimulatedFileSystem mixed = layer.copy();
        put(mixed, snapshot(1), another.file(snapshot(1)).bytes());

        refused(mixed, snapshot(1) + " belongs to another storage", "files of two directories were mixed");
    }

    @Test
    void aSnapshotOfAnUnknownVersionIsRefusedEvenIfItIsNotNeeded() throws IOException {
        own(7).perform(openForGood());
        byte[] bytes = layer.file(snapshot(7)).bytes();
        ByteBuffer header = ByteBuffer.wrap(bytes).putInt(8, 2);
        header.putInt(16, FileHeader.checksumOf(Arrays.copyOf(bytes, RecordHeader.SECTOR)));
        SimulatedFileSystem newer = layer.copy();
        newer.file(snapshot(7)).replace(bytes);

        refused(newer, "has format version 2", "start the release that wrote it");
    }

    /** The disk after a compaction up to 7 whose record is durable, and of whose deletions nothing is. */
    private SimulatedFileSystem compactedThenLost() throws IOException {
        FileStorage storage = openForGood();
        own(4).perform(storage);
        own(7).perform(storage);
        SimulatedFileSystem disk = layer.copy();
        storage.write(WriteBatch.compacted(7));
        Path newest = segment(6);
        disk.file(newest).replace(layer.file(newest).bytes());
        return disk;
    }

    /** Single bits, lost sectors, and other lengths. */
    private static Stream<SimulatedFileSystem> changes(SimulatedFileSystem disk, Path path) {
        byte[] bytes = disk.file(path).bytes();
        Stream<byte[]> flipped = Stream.iterate(0, bit -> bit < 8 * bytes.length, bit -> bit + 4_999)
                .map(bit -> {
                    byte[] changed = bytes.clone();
                    changed[bit / 8] ^= (byte) (1 << bit % 8);
                    return changed;
                });
        Stream<byte[]> zeroed = Stream.iterate(0, at -> at < bytes.length, at -> at + 20 * RecordHeader.SECTOR)
                .map(at -> {
                    byte[] changed = bytes.clone();
                    Arrays.fill(changed, at, Math.min(bytes.length, at + RecordHeader.SECTOR), (byte) 0);
                    return changed;
                });
        Stream<byte[]> cut = Stream.of(0, 1, 511, 512, 600, bytes.length - 1, bytes.length + 1)
                .map(length -> Arrays.copyOf(bytes, length));
        return Stream.of(flipped, zeroed, cut).flatMap(each -> each).map(changed -> {
            SimulatedFileSystem copy = disk.copy();
            copy.file(path).replace(changed);
            return copy;
        });
    }

    /** And nothing is deleted that may help somebody. */
    private static void refused(SimulatedFileSystem disk, String... words) {
        List<Path> before = disk.files();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> FileStorage.open(SETTINGS, disk))
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(words));
        assertThat(disk.files()).isEqualTo(before);
    }

    private static void put(SimulatedFileSystem disk, Path path, byte[] bytes) throws IOException {
        try (OpenFile file = disk.create(path)) {
            file.write(ByteBuffer.wrap(bytes), 0);
        }
    }

    private FileStorage open() {
        return FileStorage.open(SETTINGS, layer);
    }

    /** Copies of the disk are opened meanwhile. */
    private FileStorage openForGood() {
        return open();
    }

    private static OwnSnapshot own(long index) {
        return OwnSnapshot.of(index, CONFIGURATION, content(index));
    }

    /** Longer than two blocks, and without a sector of zeros. */
    private static byte[] content(long index) {
        byte[] content = new byte[150_000];
        Arrays.fill(content, (byte) index);
        return content;
    }

    private static Path segment(int number) {
        return Path.of("data", "%020d.segment".formatted(number));
    }

    private static Path[] segments(int first, int last) {
        return Stream.iterate(first, number -> number <= last, number -> number + 1)
                .map(CompactionTest::segment)
                .toArray(Path[]::new);
    }

    private static Path snapshot(int index) {
        return Path.of("data", "%020d.snapshot".formatted(index));
    }

    /** In the order of their names. */
    private static Path[] with(Path[] files, Path... more) {
        return Stream.concat(Arrays.stream(files), Arrays.stream(more)).sorted().toArray(Path[]::new);
    }

    private static WriteBatch append(long index) {
        byte[] payload = new byte[900];
        Arrays.fill(payload, (byte) index);
        return WriteBatch.entries(
                new LogWrite(index, List.of(new Command(new ProposalId(1, 1, index), 1, 0, payload))));
    }
}
