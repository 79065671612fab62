package io.omnipaxos.storage.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of the segments, and how one comes into being: under a name of its own until its header is durable, so
 * that a segment under its final name always has a whole header.
 */
final class SegmentDirectory {

    private static final Pattern SEGMENT = Pattern.compile("(\\d{20})\\.segment");
    private static final Pattern UNFINISHED = Pattern.compile("\\d{20}\\.segment\\.new");

    private final Path directory;
    private final FileLayer layer;

    SegmentDirectory(Path directory, FileLayer layer) {
        this.directory = directory;
        this.layer = layer;
    }

    Path pathOf(long number) {
        return directory.resolve(String.format(Locale.ROOT, "%020d.segment", number));
    }

    /** The numbers of all segments, rising. */
    List<Long> numbers() throws IOException {
        return names().stream()
                .map(SEGMENT::matcher)
                .filter(Matcher::matches)
                .map(name -> Long.valueOf(name.group(1)))
                .sorted()
                .toList();
    }

    /** The names of all files in the directory, whatever they are. */
    List<String> names() throws IOException {
        return layer.list(directory);
    }

    OpenFile open(long number) throws IOException {
        return layer.open(pathOf(number));
    }

    /** Makes a segment of nothing but a header, durable but for its final name. */
    void prepare(SegmentHeader header) throws IOException {
        try (OpenFile file = layer.create(preparedPathOf(header.number()))) {
            file.write(header.encode(), 0);
            file.force();
        }
        layer.forceDirectory(directory);
    }

    boolean isPrepared(long number) throws IOException {
        return names().contains(String.valueOf(preparedPathOf(number).getFileName()));
    }

    /** Gives a prepared segment its final name, durably. */
    void publish(long number) throws IOException {
        layer.rename(preparedPathOf(number), pathOf(number));
        layer.forceDirectory(directory);
    }

    /**
     * Deletes the segments that hold nothing above an index, oldest first, and removes them from the list. The newest
     * one stays. Their metadata is in the header of the next one. Not yet durable.
     *
     * @param headers of all segments, rising
     */
    void deleteCompacted(List<SegmentHeader> headers, long compactedIndex) throws IOException {
        while (headers.size() > 1 && headers.get(1).checkpoint().acceptedIndex() <= compactedIndex) {
            delete(headers.get(0).number());
            headers.remove(0);
        }
    }

    private void delete(long number) throws IOException {
        layer.delete(pathOf(number));
    }

    /**
     * Deletes what a crash left of deleted segments, and what was prepared and never used. Not yet durable.
     *
     * @param headers of all segments that the log consists of, rising
     */
    void deleteNotNeeded(List<SegmentHeader> headers, long compactedIndex) throws IOException {
        for (long number : numbers()) {
            if (number < headers.get(0).number()) {
                delete(number);
            }
        }
        if (compactedIndex > 0) {
            deleteCompacted(headers, compactedIndex);
        }
        deletePrepared();
    }

    /** Deletes what was prepared and never needed. Not yet durable. */
    void deletePrepared() throws IOException {
        for (String name : names()) {
            if (UNFINISHED.matcher(name).matches()) {
                layer.delete(directory.resolve(name));
            }
        }
    }

    /** Makes all that was named and deleted durable. */
    void forceNames() throws IOException {
        layer.forceDirectory(directory);
    }

    /** How many bytes the disk can still take. */
    long usableSpace() throws IOException {
        return layer.usableSpace(directory);
    }

    /** Names a storage that is begun. */
    UUID newIdentity() {
        return layer.newIdentity();
    }

    private Path preparedPathOf(long number) {
        return directory.resolve(pathOf(number).getFileName() + ".new");
    }
}
