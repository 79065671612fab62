package io.omnipaxos.simulation;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.log.StopSign;
import java.util.List;

/** The state machine of a virtual node: a digest of everything that was applied, which a snapshot takes along. */
final class AppliedLog {

    private final VirtualDisk disk;
    private final SafetyChecker checker;
    private final SafetyChecker.Node node;
    private ClusterConfiguration configuration;
    private long index;
    private long digest = SafetyChecker.EMPTY_DIGEST;

    AppliedLog(VirtualDisk disk, SafetyChecker checker, SafetyChecker.Node node, ClusterConfiguration configuration) {
        this.disk = disk;
        this.checker = checker;
        this.node = node;
        this.configuration = configuration;
    }

    long index() {
        return index;
    }

    /** Applies what is decided, from a snapshot on where the entries are gone. Whether there was anything. */
    boolean applyThrough(long through) {
        if (through <= index) {
            return false;
        }
        if (index < disk.state().compactedIndex()) {
            restore(disk.snapshots().get(disk.snapshots().size() - 1));
        }
        while (index < through) {
            List<LogEntry> entries = disk.read(index + 1, through, 1 << 16);
            checker.applied(node, index + 1, entries);
            for (LogEntry entry : entries) {
                index++;
                digest = SafetyChecker.digest(digest, entry);
                if (entry instanceof StopSign stopSign) {
                    configuration = stopSign.next();
                }
            }
        }
        return true;
    }

    void takeSnapshot() {
        if (index > 0) {
            disk.takeSnapshot(index, configuration, digest);
        }
    }

    private void restore(SnapshotInfo snapshot) {
        index = snapshot.index();
        digest = disk.digestOf(snapshot);
        configuration = snapshot.configuration();
        checker.restored(node, index, digest);
    }
}
