package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.log.LogReader;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.message.LearningMessage;
import io.omnipaxos.message.LearningMessage.Decided;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.LearningMessage.SnapshotPiece;
import io.omnipaxos.replication.ReplicaLog;
import java.util.List;

/** Answers who fetches what is decided: with the next piece of the log, or of a snapshot where the log is compacted. */
final class Teacher {

    private final ReplicaLog log;
    private final LogReader stored;
    private final int maxMessageBytes;

    Teacher(ReplicaLog log, LogReader stored, int maxMessageBytes) {
        this.log = log;
        this.stored = stored;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** @param leader the ballot of the leader as far as this node knows, {@link Ballot#NONE} if none */
    LearningMessage answer(Fetch fetch, Ballot leader) {
        long next = Math.max(1, fetch.nextIndex());
        long decided = log.decidedIndex();
        if (next > decided) {
            return new Decided(next, List.of(), decided, leader);
        }
        if (next > log.compactedIndex()) {
            return new Decided(next, log.read(next, decided, maxMessageBytes), decided, leader);
        }
        SnapshotInfo snapshot = snapshotFor(fetch);
        long offset = isBegun(snapshot, fetch) ? fetch.snapshotOffset() : 0;
        byte[] bytes = stored.readSnapshot(snapshot.index(), offset, maxMessageBytes);
        return new SnapshotPiece(snapshot, offset, bytes, leader);
    }

    /** The one that is being sent as long as it is there, otherwise the newest. */
    private SnapshotInfo snapshotFor(Fetch fetch) {
        List<SnapshotInfo> snapshots = stored.snapshots();
        for (SnapshotInfo snapshot : snapshots) {
            if (isBegun(snapshot, fetch)) {
                return snapshot;
            }
        }
        if (snapshots.isEmpty()) {
            throw new IllegalStateException(
                    "the log is compacted up to " + log.compactedIndex() + ", but there is no snapshot of it");
        }
        return snapshots.get(snapshots.size() - 1);
    }

    private static boolean isBegun(SnapshotInfo snapshot, Fetch fetch) {
        return snapshot.index() == fetch.snapshotIndex()
                && fetch.snapshotOffset() > 0
                && fetch.snapshotOffset() < snapshot.length();
    }
}
