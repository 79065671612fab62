package io.omnipaxos.storage.file;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a directory, in whatever state a crash left it, to one from which the log goes on: reads all segments, refuses
 * damage, cuts off an unfinished write, and makes sure that what it found is durable before anybody relies on it.
 */
final class Recovery {

    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final FileStorageSettings settings;
    private final SegmentDirectory segments;

    Recovery(FileStorageSettings settings, SegmentDirectory segments) {
        this.settings = settings;
        this.segments = segments;
    }

    /** What was found, and where it goes on. */
    record Recovered(DurableState state, SparseIndex index, SegmentHeader current, long position, long nextSequence) {}

    Recovered run() throws IOException {
        List<Long> numbers = segments.numbers();
        if (numbers.isEmpty()) {
            segments.deletePrepared();
            return begin();
        }
        Replay replay = null;
        SegmentHeader previous = null;
        for (long number : numbers) {
            boolean newest = number == numbers.get(numbers.size() - 1);
            try (OpenFile file = segments.open(number)) {
                Path path = segments.pathOf(number);
                SegmentHeader header = SegmentHeader.read(file, path);
                checkOwner(header, path, previous);
                checkPlace(header, number, previous, replay, path);
                replay = replay == null ? new Replay(header) : replay;
                ReadWindow window = replay.read(header, file, path);
                if (newest) {
                    checkBeginning(numbers.get(0), header, replay);
                    settle(replay, file, window, path);
                } else if (!replay.sealed()) {
                    throw Damage.at(path, replay.position(), "no whole record is here, but a later segment exists");
                }
                previous = header;
            }
        }
        if (previous == null || replay == null) {
            throw new IllegalStateException("no segment was read of " + numbers);
        }
        SegmentHeader current = replay.sealed() ? goOn(previous, replay) : previous;
        segments.deletePrepared();
        long position = replay.sealed() ? current.length() : replay.position();
        return new Recovered(replay.state(), replay.index(), current, position, replay.nextSequence());
    }

    private Recovered begin() throws IOException {
        SegmentHeader header =
                new SegmentHeader(UUID.randomUUID(), settings.clusterId(), settings.pid(), 1, 1, 0, DurableState.EMPTY);
        segments.prepare(header);
        segments.publish(1);
        return new Recovered(DurableState.EMPTY, new SparseIndex(0), header, header.length(), 1);
    }

    private void checkOwner(SegmentHeader header, Path path, @Nullable SegmentHeader previous) {
        if (!header.clusterId().equals(settings.clusterId())) {
            throw new StorageException("the segment file " + path + " belongs to the cluster '" + header.clusterId()
                    + "', but this node is configured for '" + settings.clusterId()
                    + "'; correct the cluster id, or give this node a directory of its own");
        }
        if (header.pid() != settings.pid()) {
            throw new StorageException("the segment file " + path + " belongs to the node with pid " + header.pid()
                    + ", but this node is configured with pid " + settings.pid()
                    + "; correct the pid, or give this node a directory of its own");
        }
        if (previous != null && !previous.identity().equals(header.identity())) {
            throw new StorageException(
                    "the segment file " + path + " belongs to another storage than the one before it: "
                            + header.identity() + " instead of " + previous.identity()
                            + "; files of two directories were mixed. " + Damage.remedy(settings.directory()));
        }
    }

    private void checkPlace(
            SegmentHeader header, long number, @Nullable SegmentHeader previous, @Nullable Replay replay, Path path) {
        if (header.number() != number) {
            throw Damage.at(path, 0, "by its header it is segment " + header.number());
        }
        if (previous == null || replay == null) {
            return;
        }
        if (number != previous.number() + 1) {
            throw missing(previous.number() + 1);
        }
        if (header.firstSequence() != replay.nextSequence()
                || !header.checkpoint().equals(replay.state())) {
            throw Damage.at(path, 0, "it does not follow on the segment before it");
        }
    }

    /** The oldest segments may be missing only if what they held was trimmed. */
    private void checkBeginning(long oldest, SegmentHeader newest, Replay replay) {
        if (replay.entriesBefore() > newest.trimmedIndex()) {
            throw missing(oldest - 1);
        }
    }

    private StorageException missing(long number) {
        return new StorageException(
                "the segment file " + segments.pathOf(number) + " is missing. " + Damage.remedy(settings.directory()));
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

    /** A seal promises a next segment, prepared before it. */
    private SegmentHeader goOn(SegmentHeader sealed, Replay replay) throws IOException {
        long number = sealed.number() + 1;
        if (!segments.isPrepared(number)) {
            throw missing(number);
        }
        segments.publish(number);
        try (OpenFile file = segments.open(number)) {
            Path path = segments.pathOf(number);
            SegmentHeader header = SegmentHeader.read(file, path);
            checkOwner(header, path, sealed);
            checkPlace(header, number, sealed, replay, path);
            return header;
        }
    }
}
