package io.omnipaxos.replication;

import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.Promise;
import java.util.List;

/** Has promised a candidate's ballot and waits for the candidate to bring the log to its own state. */
final class Promising implements Phase {

    private final SequencePaxos paxos;
    private final Prepare prepare;
    private final Promise promise;
    private int ticks;

    Promising(SequencePaxos paxos, Prepare prepare, Nonce nonce) {
        this.paxos = paxos;
        this.prepare = prepare;
        ReplicaLog log = paxos.log();
        long firstIndex = firstIndexMissingAt(prepare, log);
        this.promise = new Promise(
                prepare.ballot(),
                nonce,
                log.acceptedRound(),
                log.acceptedIndex(),
                log.decidedIndex(),
                firstIndex,
                wholeOrNone(firstIndex, log));
        send();
    }

    /** Where the candidate's log may differ from this one, one above the end if this log is not ahead. */
    private static long firstIndexMissingAt(Prepare candidate, ReplicaLog log) {
        int rounds = log.acceptedRound().compareTo(candidate.acceptedRound());
        if (rounds > 0) {
            return candidate.decidedIndex() + 1;
        }
        boolean longer = rounds == 0 && log.acceptedIndex() > candidate.acceptedIndex();
        return longer ? candidate.acceptedIndex() + 1 : log.acceptedIndex() + 1;
    }

    /**
     * The whole rest of the log. What is decided of it the candidate can learn otherwise, so nothing if that is compacted
     * or too much for one message; what is not decided always fits.
     */
    private List<LogEntry> wholeOrNone(long firstIndex, ReplicaLog log) {
        if (firstIndex <= log.compactedIndex()) {
            return List.of();
        }
        List<LogEntry> fitting = log.readSuffix(firstIndex, paxos.maxMessageBytes());
        boolean whole = firstIndex + fitting.size() > log.acceptedIndex();
        if (whole) {
            return fitting;
        }
        return firstIndex <= log.decidedIndex() ? List.of() : log.readSuffix(firstIndex);
    }

    @Override
    public void tick() {
        ticks++;
        if (ticks % paxos.resendTicks() == 0) {
            send();
        }
    }

    @Override
    public void reconnected(long pid) {
        if (pid == promise.ballot().pid()) {
            send();
        }
    }

    @Override
    public void prepareAgain(Prepare again) {
        if (again.equals(prepare)) {
            send();
        } else {
            paxos.promise(again);
        }
    }

    @Override
    public void acceptSync(AcceptSync sync) {
        if (sync.nonce().equals(promise.nonce())) {
            boolean follows =
                    paxos.log().acceptSync(sync.ballot(), sync.firstIndex(), sync.entries(), sync.decidedIndex());
            if (follows) {
                paxos.follow();
            }
        }
    }

    @Override
    public void learned() {
        paxos.promise(prepare);
    }

    private void send() {
        paxos.effects().send(promise.ballot().pid(), promise);
    }
}
