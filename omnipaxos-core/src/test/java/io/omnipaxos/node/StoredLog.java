package io.omnipaxos.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.Storage;
import java.util.List;

/** Puts into storages what nodes would have put there. */
final class StoredLog {

    private StoredLog() {}

    static Command command(long pid, long sequence, long token, String text) {
        return new Command(new ProposalId(pid, 1, sequence), 1, token, text.getBytes(UTF_8));
    }

    static Command command(long sequence, String text) {
        return command(7, sequence, 0, text);
    }

    /** Appends entries that are decided. */
    static void decide(Storage storage, LogEntry... entries) {
        long first = storage.state().acceptedIndex() + 1;
        LogWrite write = new LogWrite(first, List.of(entries));
        storage.write(WriteBatch.entries(write).then(WriteBatch.decided(write.lastIndex())));
    }

    /** The content of the newest snapshot. */
    static byte[] newestContent(Storage storage) {
        SnapshotInfo newest = newest(storage);
        return storage.readSnapshot(newest.index(), 0, (int) newest.length());
    }

    static SnapshotInfo newest(Storage storage) {
        List<SnapshotInfo> stored = storage.snapshots();
        return stored.get(stored.size() - 1);
    }

    /** Receives the newest snapshot of another storage, and lets it stand for everything up to its index. */
    static void install(Storage from, Storage to) {
        SnapshotInfo snapshot = newest(from);
        to.write(new SnapshotPart(snapshot, 0, newestContent(from)));
        to.write(WriteBatch.compacted(snapshot.index()));
    }
}
