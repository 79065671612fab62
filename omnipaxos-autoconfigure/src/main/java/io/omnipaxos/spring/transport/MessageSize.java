package io.omnipaxos.spring.transport;

import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.AppendRefused;
import io.omnipaxos.message.ReplicationMessage.CatchUp;
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
    private static final int ENTRY = 160;

    /** What the smallest entry counts for. */
    private static final int SMALLEST_ENTRY = 32;

    private static final int PROPOSAL = 64;

    private MessageSize() {}

    static long of(Message message) {
        if (message instanceof AcceptDecide accept) {
            return MESSAGE + entries(accept.entries());
        }
        if (message instanceof AcceptSync sync) {
            return MESSAGE + entries(sync.entries());
        }
        if (message instanceof CatchUp catchUp) {
            return MESSAGE + entries(catchUp.entries());
        }
        if (message instanceof Promise promise) {
            return MESSAGE + entries(promise.entries());
        }
        if (message instanceof ForwardedAppend forwarded) {
            return MESSAGE + entries(forwarded.commands());
        }
        if (message instanceof AppendRefused refused) {
            return MESSAGE + (long) PROPOSAL * refused.ids().size();
        }
        return MESSAGE;
    }

    /** How many bytes of entries, as they count themselves, surely fit into a body of this size. */
    static int entryBytesIn(int body) {
        return (int) ((long) (body - BATCH - MESSAGE) * SMALLEST_ENTRY / (SMALLEST_ENTRY + ENTRY));
    }

    private static long entries(List<? extends LogEntry> entries) {
        long bytes = 0;
        for (LogEntry entry : entries) {
            bytes += ENTRY + entry.size();
        }
        return bytes;
    }
}
