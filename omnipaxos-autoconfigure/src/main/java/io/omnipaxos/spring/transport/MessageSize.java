package io.omnipaxos.spring.transport;

import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.LearningMessage.Decided;
import io.omnipaxos.message.LearningMessage.SnapshotPiece;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.AppendRefused;
import io.omnipaxos.message.ReplicationMessage.ForwardedAppend;
import io.omnipaxos.message.ReplicationMessage.Promise;
import java.util.List;

/**
 * How many bytes a message takes on the wire, at most: what queues and batches are bounded by, so that nothing has to
 * be encoded before it is known whether it fits.
 */
final class MessageSize {

    /** The frame of a batch: names, cluster id, pids and boot. */
    static final int BATCH = 256;

    private static final int MESSAGE = 512;

    private static final int PROPOSAL = 64;

    private MessageSize() {}

    static long of(Message message) {
        if (message instanceof AcceptDecide accept) {
            return MESSAGE + entries(accept.entries());
        }
        if (message instanceof AcceptSync sync) {
            return MESSAGE + entries(sync.entries());
        }
        if (message instanceof Promise promise) {
            return MESSAGE + entries(promise.entries());
        }
        if (message instanceof ForwardedAppend forwarded) {
            return MESSAGE + entries(forwarded.commands());
        }
        if (message instanceof Decided decided) {
            return MESSAGE + entries(decided.entries());
        }
        if (message instanceof SnapshotPiece piece) {
            // A stop-sign is hardly more than its configuration.
            return (long) MESSAGE + new StopSign(piece.snapshot().configuration(), 0).size() + piece.bytes().length;
        }
        if (message instanceof AppendRefused refused) {
            return MESSAGE + (long) PROPOSAL * refused.ids().size();
        }
        return MESSAGE;
    }

    /** Entries count themselves with what they take at most. */
    private static long entries(List<? extends LogEntry> entries) {
        long bytes = 0;
        for (LogEntry entry : entries) {
            bytes += entry.size();
        }
        return bytes;
    }
}
