package io.omnipaxos.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.LogReader;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a log amounts to for a state machine that forgets nothing: each entry in words, in order. Its snapshot is all of
 * them, so that two nodes are told apart by anything that one of them has missed.
 */
final class Contents {

    private Contents() {}

    /** Everything up to an index: from the snapshot what is compacted, the rest from the log. */
    static List<String> of(LogReader log, long compactedIndex, long throughIndex) {
        List<String> contents = new ArrayList<>();
        if (compactedIndex > 0) {
            contents.addAll(of(log, compactedIndex));
        }
        while (contents.size() < throughIndex) {
            log.read(contents.size() + 1L, throughIndex, Long.MAX_VALUE).forEach(entry -> contents.add(inWords(entry)));
        }
        return contents;
    }

    private static List<String> of(LogReader log, long snapshotIndex) {
        SnapshotInfo snapshot = snapshot(log, snapshotIndex);
        byte[] bytes = log.readSnapshot(snapshotIndex, 0, (int) snapshot.length());
        return List.of(new String(bytes, UTF_8).split("\n", -1));
    }

    private static SnapshotInfo snapshot(LogReader log, long index) {
        return log.snapshots().stream()
                .filter(stored -> stored.index() == index)
                .findFirst()
                .orElseThrow();
    }

    /** @param first the configuration that the log begins with */
    static void takeSnapshot(MemoryStorage storage, long index, ClusterConfiguration first) {
        long compacted = storage.state().compactedIndex();
        ClusterConfiguration configuration =
                compacted == 0 ? first : snapshot(storage, compacted).configuration();
        if (index > compacted) {
            for (LogEntry entry : storage.read(compacted + 1, index, Long.MAX_VALUE)) {
                configuration = entry instanceof StopSign stopSign ? stopSign.next() : configuration;
            }
        }
        byte[] bytes = String.join("\n", of(storage, compacted, index)).getBytes(UTF_8);
        try (SnapshotWriter writer = storage.beginSnapshot(index, configuration)) {
            writer.write(bytes, 0, bytes.length);
            writer.commit();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static String inWords(LogEntry entry) {
        if (entry instanceof Command command) {
            return new String(command.payload(), UTF_8);
        }
        if (entry instanceof LeadershipEntry leadership) {
            return "leader " + leadership.ballot();
        }
        return "configuration " + ((StopSign) entry).next().id();
    }
}
