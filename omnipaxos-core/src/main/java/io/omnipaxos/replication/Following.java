package io.omnipaxos.replication;

import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import java.util.List;

/**
 * In step with the leader: everything accepted here is a prefix of the leader's log. What is missing after a lost
 * message is seen by its index, and told to the leader with the next acknowledgement.
 */
final class Following implements Phase {

    private final SequencePaxos paxos;
    private boolean owesAnswer;

    Following(SequencePaxos paxos, boolean owesAnswer) {
        this.paxos = paxos;
        this.owesAnswer = owesAnswer;
    }

    @Override
    public void prepareAgain(Prepare prepare) {
        owesAnswer = true;
    }

    @Override
    public void acceptSync(AcceptSync sync) {
        owesAnswer = true;
    }

    @Override
    public void acceptDecide(AcceptDecide accept) {
        owesAnswer = true;
        long known = paxos.log().acceptedIndex() + 1 - accept.firstIndex();
        List<LogEntry> entries = accept.entries();
        if (known >= 0 && known < entries.size()) {
            paxos.log().append(entries.subList((int) known, entries.size()));
        }
        decided(accept.decidedIndex());
    }

    @Override
    public void decided(long decidedIndex) {
        paxos.log().decide(decidedIndex);
    }

    @Override
    public void learned() {
        owesAnswer = true;
    }

    @Override
    public void flush() {
        if (owesAnswer) {
            owesAnswer = false;
            paxos.effects()
                    .send(
                            paxos.promise().pid(),
                            new Accepted(paxos.promise(), paxos.log().acceptedIndex()));
        }
    }
}
