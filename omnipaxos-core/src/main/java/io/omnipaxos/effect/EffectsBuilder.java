package io.omnipaxos.effect;

import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage;
import io.omnipaxos.message.LeaseMessage;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the effects of one step, or of several that are made durable together. It alone decides which messages wait
 * for the disk.
 */
public final class EffectsBuilder {

    /**
     * Messages that promise something: the receiver relies on the sender still knowing it after a crash. All others
     * only tell what is learnt again, or what the receiver makes durable itself.
     */
    private static final List<Class<? extends Message>> WAIT_FOR_SYNC = List.of(
            ReplicationMessage.Prepare.class,
            ReplicationMessage.Promise.class,
            ReplicationMessage.Accepted.class,
            ReplicationMessage.NotAccepted.class,
            ElectionMessage.HeartbeatReply.class,
            LeaseMessage.HeartbeatAnswer.class,
            LearningMessage.IntroductionAnswer.class);

    private final String clusterId;
    private long configurationId;
    private final long pid;

    private final List<Envelope> sendNow = new ArrayList<>();
    private final List<Envelope> sendAfterSync = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();
    private final List<SnapshotPart> snapshotParts = new ArrayList<>();
    private final List<LogEntry> appended = new ArrayList<>();
    private long appendedFrom;
    private WriteBatch persist = WriteBatch.EMPTY;

    public EffectsBuilder(String clusterId, long configurationId, long pid) {
        this.clusterId = clusterId;
        this.configurationId = configurationId;
        this.pid = pid;
    }

    /** Whether a message of this kind is sent only after what the same step persists. */
    public static boolean waitsForSync(Class<? extends Message> kind) {
        return WAIT_FOR_SYNC.contains(kind);
    }

    /** What is sent from now on is of this configuration. */
    public void enter(long newConfigurationId) {
        configurationId = newConfigurationId;
    }

    public void send(long to, Message message) {
        Envelope envelope = new Envelope(clusterId, configurationId, pid, to, message);
        (waitsForSync(message.getClass()) ? sendAfterSync : sendNow).add(envelope);
    }

    public void notice(Notice notice) {
        notices.add(notice);
    }

    public void store(SnapshotPart part) {
        snapshotParts.add(part);
    }

    public void persist(WriteBatch batch) {
        Long compacted = batch.compactedIndex();
        if (compacted != null && appendedFrom != 0 && appendedFrom <= compacted) {
            int covered = (int) Math.min(appended.size(), compacted + 1 - appendedFrom);
            appended.subList(0, covered).clear();
            appendedFrom = compacted + 1;
        }
        LogWrite write = batch.entries();
        if (write != null) {
            append(write);
        }
        persist = persist.then(new WriteBatch(
                batch.promise(),
                batch.acceptedRound(),
                null,
                batch.decidedIndex(),
                batch.bootCounter(),
                batch.largestGrantNanos(),
                batch.compactedIndex(),
                batch.membership()));
    }

    /** Whether anything is to be written so far. */
    public boolean persistsAnything() {
        return appendedFrom != 0 || !persist.isEmpty();
    }

    /** Takes everything gathered and begins anew. */
    public Effects build(@Nullable Lease lease, long applyThrough) {
        WriteBatch batch =
                appendedFrom == 0 ? persist : persist.then(WriteBatch.entries(new LogWrite(appendedFrom, appended)));
        Effects effects = new Effects(
                lease,
                List.copyOf(snapshotParts),
                batch,
                List.copyOf(sendNow),
                List.copyOf(sendAfterSync),
                applyThrough,
                List.copyOf(notices));
        snapshotParts.clear();
        sendNow.clear();
        sendAfterSync.clear();
        notices.clear();
        appended.clear();
        appendedFrom = 0;
        persist = WriteBatch.EMPTY;
        return effects;
    }

    /** Merges into what was gathered, without copying what stays. */
    private void append(LogWrite write) {
        if (appendedFrom == 0 || write.firstIndex() <= appendedFrom) {
            appended.clear();
            appendedFrom = write.firstIndex();
        } else {
            long kept = write.firstIndex() - appendedFrom;
            if (kept > appended.size()) {
                throw new IllegalArgumentException(
                        "a gap before the write at " + write.firstIndex() + " after " + appended.size() + " entries");
            }
            appended.subList((int) kept, appended.size()).clear();
        }
        appended.addAll(write.entries());
    }
}
