package io.omnipaxos.storage.file;

import io.omnipaxos.effect.DurableState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the segments of a directory, in whatever state a crash left them, to one from which the log goes on: reads all,
 * refuses damage, cuts off an unfinished write, and makes sure that what it found is durable before anybody relies on
 * it. What is not needed is not deleted yet, and names are durable only once the directory is forced.
 */
final class Recovery {

    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final FileStorageSettings settings;
    private final SegmentDirectory segments;

    Recovery(FileStorageSettings settings, SegmentDirectory segments) {
        this.settings = settings;
        this.segments = segments;
    }

    /**
     * What was found, and where it goes on.
     *
     * @param headers of all segments, rising; the log goes on in the last one
     * @param position where in that one
     */
    record Recovered(
            DurableState state, SparseIndex index, List<SegmentHeader> headers, long position, long nextSequence) {

        SegmentHeader current() {
            return headers.get(headers.size() - 1);
        }

        FileOwner owner() {
            return current().owner();
        }
    }

    Recovered run() throws IOException {
        List<Long> numbers = segments.numbers();
        if (numbers.isEmpty()) {
            return begin();
        }
        List<Long> connected = numbers.subList(beginningOfLastRun(numbers), numbers.size());
        List<SegmentHeader> headers = new ArrayList<>();
        Replay replay = null;
        for (long number : connected) {
            boolean newest = number == connected.get(connected.size() - 1);
            try (OpenFile file = segments.open(number)) {
                Path path = segments.pathOf(number);
                SegmentHeader header = readHeader(file, number, headers, replay);
                replay = replay == null ? new Replay(header) : replay;
                ReadWindow window = replay.read(header, file, path);
                headers.add(header);
                if (newest) {
                    settle(replay, file, window, path);
                } else if (!replay.sealed()) {
                    throw Damage.at(path, replay.position(), "no whole record is here, but a later segment exists");
                }
            }
        }
        if (replay == null) {
            throw new IllegalStateException("no segment was read of " + numbers);
        }
        long position = replay.sealed() ? goOn(headers, replay) : replay.position();
        checkBeginning(headers.get(0), replay.state());
        return new Recovered(replay.state(), replay.index(), headers, position, replay.nextSequence());
    }

    /**
     * Segments are deleted oldest first, but a loss of power may bring back an older one than one that stays away. So
     * only what follows the last gap counts; whether it may be all there is, {@link #checkBeginning} says.
     */
    private static int beginningOfLastRun(List<Long> numbers) {
        int beginning = numbers.size() - 1;
        while (beginning > 0 && numbers.get(beginning - 1) == numbers.get(beginning) - 1) {
            beginning--;
        }
        return beginning;
    }

    private Recovered begin() throws IOException {
        List<String> snapshots =
                segments.names().stream().filter(SnapshotDirectory::isSnapshot).toList();
        if (!snapshots.isEmpty()) {
            // The newest segment is never deleted.
            throw Damage.missing(segments.pathOf(1), "there are snapshots, but no segment");
        }
        segments.deletePrepared();
        FileOwner owner = new FileOwner(segments.newIdentity(), settings.clusterId(), settings.pid());
        SegmentHeader header = new SegmentHeader(owner, 1, 1, DurableState.EMPTY);
        segments.prepare(header);
        segments.publish(1);
        List<SegmentHeader> headers = new ArrayList<>(List.of(header));
        return new Recovered(DurableState.EMPTY, new SparseIndex(0), headers, header.length(), 1);
    }

    private SegmentHeader readHeader(OpenFile file, long number, List<SegmentHeader> before, @Nullable Replay replay)
            throws IOException {
        Path path = segments.pathOf(number);
        SegmentHeader header = SegmentHeader.read(file, path);
        header.owner().checkConfigured(settings, path);
        if (header.number() != number) {
            throw Damage.at(path, 0, "by its header it is segment " + header.number());
        }
        if (replay != null) {
            FileOwner.checkIdentity(
                    header.owner().identity(), before.get(0).owner().identity(), path);
            if (header.firstSequence() != replay.nextSequence()
                    || !header.checkpoint().equals(replay.state())) {
                throw Damage.at(path, 0, "it does not follow on the segment before it");
            }
        }
        return header;
    }

    /** The oldest segments may be missing only if a snapshot stands for all that they held. */
    private void checkBeginning(SegmentHeader oldest, DurableState state) {
        boolean compacted = state.compactedIndex() > 0 && oldest.checkpoint().acceptedIndex() <= state.compactedIndex();
        if (oldest.number() > 1 && !compacted) {
            throw missing(oldest.number() - 1);
        }
    }

    private Damage missing(long number) {
        return Damage.missing(segments.pathOf(number), "the log does not go on without it");
    }

    /** Ends the newest segment behind its last whole record, and makes that durable. */
    private void settle(Replay replay, OpenFile file, ReadWindow window, Path path) throws IOException {
        long position = replay.position();
        if (!replay.sealed()
                && new TornTail(window, replay.checksum(), path).mustBeCut(position, replay.nextSequence())) {
            log.warn(
                    "{}: cutting off an unfinished write at offset {}, of which nobody was told; the log ends at {}",
                    path,
                    position,
                    replay.state().acceptedIndex());
            file.truncate(position);
        }
        RecordHeader last = replay.last();
        if (last != null) {
            rewrite(file, position - last.recordLength(), last.recordLength());
        }
        file.force();
    }

    /**
     * Writes the last record once more in its place. A process may have ended after it wrote the record and before, or
     * because, the sync failed; then a reader still sees the record, the disk does not have it, and a sync alone need
     * not write it, as the operating system may hold it for written.
     */
    private void rewrite(OpenFile file, long position, int length) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(length);
        file.read(record, position);
        // Beyond the end of a file that was cut in the zeros after the record, the buffer holds zeros as well.
        file.write(record.clear(), position);
    }

    /** A seal promises a next segment, prepared before it. Tells where in that one the log goes on. */
    private long goOn(List<SegmentHeader> headers, Replay replay) throws IOException {
        long number = headers.get(headers.size() - 1).number() + 1;
        if (!segments.isPrepared(number)) {
            throw missing(number);
        }
        segments.publish(number);
        try (OpenFile file = segments.open(number)) {
            SegmentHeader header = readHeader(file, number, headers, replay);
            headers.add(header);
            return header.length();
        }
    }
}
