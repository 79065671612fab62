package io.omnipaxos.replication;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.Promise;
import java.util.List;

/** Has promised a candidate's ballot and waits for the candidate to bring the log to its own state. */
final class Promising implements Phase {

    private final SequencePaxos paxos;
    private final Promise promise;
    private int ticks;

    Promising(SequencePaxos paxos, Prepare prepare, Nonce nonce) {
        this.paxos = paxos;
        ReplicaLog log = paxos.log();
        long firstIndex = firstIndexMissingAt(prepare, log);
        List<LogEntry> entries = log.readSuffix(firstIndex);
        this.promise = new Promise(
                prepare.ballot(),
                nonce,
                log.acceptedRound(),
                log.acceptedIndex(),
                log.decidedIndex(),
                firstIndex,
                entries);
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

    @Override
    public void tick() {
        ticks++;
        if (ticks % paxos.resendTicks() == 0) {
            send();
        }
    }

    @Override
    public void reconnected(long pid) {
        if (pid == candidate().pid()) {
            send();
        }
    }

    @Override
    public void prepareAgain() {
        send();
    }

    @Override
    public void acceptSync(AcceptSync sync) {
        if (!sync.nonce().equals(promise.nonce())) {
            return;
        }
        paxos.log().acceptSync(sync.ballot(), sync.firstIndex(), sync.entries(), sync.decidedIndex());
        paxos.follow();
    }

    private Ballot candidate() {
        return promise.ballot();
    }

    private void send() {
        paxos.effects().send(candidate().pid(), promise);
    }
}
