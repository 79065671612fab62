package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.log.Command;
import io.omnipaxos.message.ReplicationMessage.AppendRefused;
import io.omnipaxos.message.ReplicationMessage.ForwardedAppend;
import io.omnipaxos.message.ReplicationMessage.ReadIndexAnswer;
import io.omnipaxos.message.ReplicationMessage.ReadIndexRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands and reads of this node and of others: appended or answered where leadership is, passed on elsewhere. */
final class Proposals {

    private static final long NO_LEADER = -1;

    private final Parts parts;
    private final OwnLeadership own;
    private final LeaderTracker leaders;

    Proposals(Parts parts, OwnLeadership own, LeaderTracker leaders) {
        this.parts = parts;
        this.own = own;
        this.leaders = leaders;
    }

    void propose(List<Command> commands) {
        Long leader = otherLeader();
        if (own.leads()) {
            if (!parts.paxos().append(commands)) {
                refuse(commands, true);
            }
        } else if (leader != null) {
            parts.send(leader, new ForwardedAppend(commands));
        } else {
            refuse(commands, false);
        }
    }

    void forwarded(long from, ForwardedAppend forwarded) {
        boolean leads = own.leads();
        if (!leads || !parts.paxos().append(forwarded.commands())) {
            parts.send(
                    from,
                    new AppendRefused(
                            forwarded.commands().stream().map(Command::id).toList(), leads));
        }
    }

    void refused(AppendRefused refused) {
        refused.ids().stream()
                .filter(id ->
                        id.pid() == parts.pid() && id.boot() == parts.settings().boot())
                .forEach(id -> parts.effects().notice(new Notice.Refused(id, refused.overloaded(), true)));
    }

    /** Whoever leads at this moment knows of every decision that was acknowledged before it. */
    void readIndexWanted(long number) {
        Long leader = otherLeader();
        if (own.leads()) {
            parts.effects().notice(new Notice.ReadIndex(number, parts.log().decidedIndex()));
        } else if (leader != null) {
            parts.send(leader, new ReadIndexRequest(parts.settings().boot(), number));
        } else {
            parts.effects().notice(new Notice.ReadIndex(number, NO_LEADER));
        }
    }

    void readIndexRequest(long from, ReadIndexRequest request) {
        long index = own.leads() ? parts.log().decidedIndex() : NO_LEADER;
        parts.send(from, new ReadIndexAnswer(request.boot(), request.number(), index));
    }

    void readIndexAnswer(ReadIndexAnswer answer) {
        if (answer.boot() == parts.settings().boot()) {
            parts.effects().notice(new Notice.ReadIndex(answer.number(), answer.index()));
        }
    }

    private @Nullable Long otherLeader() {
        Ballot leader = leaders.leader();
        return leader == null || leader.pid() == parts.pid() ? null : leader.pid();
    }

    private void refuse(List<Command> commands, boolean overloaded) {
        commands.forEach(command -> parts.effects().notice(new Notice.Refused(command.id(), overloaded, false)));
    }
}
