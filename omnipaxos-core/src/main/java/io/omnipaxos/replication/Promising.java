package io.omnipaxos.replication;

import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.CatchUp;
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
                wholeOrDecided(firstIndex, log));
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

    /** The whole rest of the log if it fits into one message, otherwise what fits of the decided part. */
    private List<LogEntry> wholeOrDecided(long firstIndex, ReplicaLog log) {
        List<LogEntry> fitting = log.readSuffix(firstIndex, paxos.maxMessageBytes());
        boolean whole = firstIndex + fitting.size() > log.acceptedIndex();
        long decided = log.decidedIndex() - firstIndex + 1;
        if (whole) {
            return fitting;
        }
        return decided > 0
                ? fitting.subList(0, (int) Math.min(decided, fitting.size()))
                : log.readSuffix(firstIndex, Long.MAX_VALUE);
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
            paxos.log().acceptSync(sync.ballot(), sync.firstIndex(), sync.entries(), sync.decidedIndex());
            paxos.follow();
        }
    }

    @Override
    public void catchUp(CatchUp catchUp) {
        if (catchUp.nonce().equals(promise.nonce())) {
            paxos.log().learn(catchUp.firstIndex(), catchUp.entries());
            paxos.promise(prepare);
        }
    }

    private void send() {
        paxos.effects().send(promise.ballot().pid(), promise);
    }
}
