package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.message.LearningMessage;
import io.omnipaxos.message.LeaseMessage;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;

/** Messages, and what is in them, in a few words each. */
final class MessageText
        implements ElectionMessage.Visitor, LeaseMessage.Visitor, ReplicationMessage.Visitor, LearningMessage.Visitor {

    /** As many entries of a message are shown. */
    private static final int SHOWN_ENTRIES = 4;

    /** Hexadecimal digits. */
    private static final int SHOWN_OF_A_STORAGE = 4;
    /** A positive boot has so many bits below those digits. */
    private static final int SHIFT_TO_SHOWN = Long.SIZE - 1 - 4 * SHOWN_OF_A_STORAGE;

    private static final int MOST_STARTS = (1 << 24) - 1;

    private String text = "";

    private MessageText() {}

    static String of(Message message) {
        MessageText visitor = new MessageText();
        if (message instanceof ElectionMessage election) {
            election.accept(0, visitor);
        } else if (message instanceof LeaseMessage lease) {
            lease.accept(0, visitor);
        } else if (message instanceof ReplicationMessage replication) {
            replication.accept(0, visitor);
        } else if (message instanceof LearningMessage learning) {
            learning.accept(0, visitor);
        }
        return visitor.text;
    }

    /** Configuration, number, priority unless 0, and owner. */
    static String of(Ballot ballot) {
        String priority = ballot.priority() == 0 ? "" : "(" + ballot.priority() + ")";
        return ballot.isNone() ? "none" : ballot.configurationId() + "." + ballot.n() + priority + "@" + ballot.pid();
    }

    static String of(UUID storage) {
        return storage.toString().substring(0, SHOWN_OF_A_STORAGE);
    }

    static String of(ClusterConfiguration configuration) {
        return "configuration " + configuration.id() + " of " + configuration.nodes();
    }

    private static String of(List<? extends LogEntry> entries) {
        String shown =
                entries.stream().limit(SHOWN_ENTRIES).map(MessageText::of).collect(Collectors.joining(", "));
        int more = entries.size() - SHOWN_ENTRIES;
        return "[" + shown + (more > 0 ? ", and " + more + " more" : "") + "]";
    }

    private static String of(LogEntry entry) {
        if (entry instanceof Command command) {
            return Operation.of(command.payload()).toString();
        }
        if (entry instanceof LeadershipEntry leadership) {
            return "leadership of " + of(leadership.ballot());
        }
        StopSign stop = (StopSign) entry;
        return "stop-sign for " + of(stop.next())
                + (stop.firstLeader() == 0 ? "" : ", in which " + stop.firstLeader() + " stands first");
    }

    private static String of(ReplicationMessage.Nonce nonce) {
        return "nonce " + boot(nonce.boot()) + "." + nonce.number();
    }

    /** A boot of a node, as {@link ProposalId#boot} names it: the beginning of its storage's name, and which start it is. */
    private static String boot(long boot) {
        String storage = String.format(Locale.ROOT, "%04x", boot >>> SHIFT_TO_SHOWN & 0xffff);
        return storage + "/" + (boot & MOST_STARTS);
    }

    private static String log(long acceptedIndex, Ballot acceptedRound, long decidedIndex) {
        return "log of " + acceptedIndex + " accepted in " + of(acceptedRound) + ", decided " + decidedIndex;
    }

    private static String at(long firstIndex, List<LogEntry> entries) {
        return "at " + firstIndex + " " + of(entries);
    }

    // elections

    @Override
    public void heartbeatRequest(long from, ElectionMessage.HeartbeatRequest request) {
        text = "heartbeat? round " + request.round();
    }

    @Override
    public void heartbeatReply(long from, ElectionMessage.HeartbeatReply reply) {
        text = "heartbeat of round " + reply.round() + ", own ballot " + of(reply.ballot()) + ", follows "
                + of(reply.leader()) + (reply.happy() ? ", happy" : ", not happy");
    }

    // the lease

    @Override
    public void leaderHeartbeat(long from, LeaseMessage.LeaderHeartbeat beat) {
        text = "lease heartbeat " + of(beat.ballot()) + " round " + beat.round() + ", log of " + beat.acceptedIndex()
                + ", decided " + beat.decidedIndex()
                + (beat.fencingToken() == 0 ? "" : ", token " + beat.fencingToken())
                + (beat.happy() ? "" : ", not happy");
    }

    @Override
    public void heartbeatAnswer(long from, LeaseMessage.HeartbeatAnswer answer) {
        text = (answer.granted() ? "grant " : "no grant ") + of(answer.ballot()) + " round " + answer.round()
                + ", accepted " + answer.acceptedIndex()
                + (answer.stands() ? "" : ", does not stand");
    }

    @Override
    public void released(long from, LeaseMessage.Released released) {
        text = "released " + of(released.ballot()) + (released.takeOver() ? ", take over" : "");
    }

    // replication

    @Override
    public void prepareRequest(long from, ReplicationMessage.PrepareRequest request) {
        text = "prepare me, promised " + of(request.promise());
    }

    @Override
    public void prepare(long from, ReplicationMessage.Prepare prepare) {
        text = "prepare " + of(prepare.ballot()) + ", "
                + log(prepare.acceptedIndex(), prepare.acceptedRound(), prepare.decidedIndex())
                + (prepare.released().isNone() ? "" : ", released " + of(prepare.released()));
    }

    @Override
    public void promise(long from, ReplicationMessage.Promise promise) {
        text = "promise " + of(promise.ballot()) + ", "
                + log(promise.acceptedIndex(), promise.acceptedRound(), promise.decidedIndex())
                + (promise.entries().isEmpty() ? "" : ", " + at(promise.firstIndex(), promise.entries())) + ", "
                + of(promise.nonce());
    }

    @Override
    public void acceptSync(long from, ReplicationMessage.AcceptSync sync) {
        text = "accept sync " + of(sync.ballot()) + ", " + at(sync.firstIndex(), sync.entries()) + ", decided "
                + sync.decidedIndex() + ", " + of(sync.nonce());
    }

    @Override
    public void acceptDecide(long from, ReplicationMessage.AcceptDecide accept) {
        text = "accept " + of(accept.ballot()) + ", " + at(accept.firstIndex(), accept.entries()) + ", decided "
                + accept.decidedIndex();
    }

    @Override
    public void decide(long from, ReplicationMessage.Decide decide) {
        text = "decide " + of(decide.ballot()) + ", decided " + decide.decidedIndex();
    }

    @Override
    public void accepted(long from, ReplicationMessage.Accepted accepted) {
        text = "accepted " + of(accepted.ballot()) + ", up to " + accepted.acceptedIndex();
    }

    @Override
    public void notAccepted(long from, ReplicationMessage.NotAccepted refused) {
        text = "not accepted, promised " + of(refused.promise());
    }

    @Override
    public void forwardedAppend(long from, ReplicationMessage.ForwardedAppend forwarded) {
        text = "append " + of(forwarded.commands());
    }

    @Override
    public void appendRefused(long from, ReplicationMessage.AppendRefused refused) {
        text = "append of " + refused.ids().size() + " refused, "
                + (refused.overloaded() ? "too much is waiting" : "this node does not lead");
    }

    @Override
    public void readIndexRequest(long from, ReplicationMessage.ReadIndexRequest request) {
        text = "read index? request " + request.number();
    }

    @Override
    public void readIndexAnswer(long from, ReplicationMessage.ReadIndexAnswer answer) {
        text = (answer.index() < 0 ? "no read index, this node does not lead" : "read index " + answer.index())
                + ", request " + answer.number();
    }

    // learning

    @Override
    public void introduction(long from, LearningMessage.Introduction introduction) {
        text = "introduction of storage " + of(introduction.identity());
    }

    @Override
    public void introductionAnswer(long from, LearningMessage.IntroductionAnswer answer) {
        text = "storage " + of(answer.asked()) + " is known"
                + (answer.asked().equals(answer.known()) ? "" : " as " + of(answer.known()));
    }

    @Override
    public void ahead(long from, LearningMessage.Ahead ahead) {
        text = "ahead of you, decided " + ahead.decidedIndex();
    }

    @Override
    public void fetch(long from, LearningMessage.Fetch fetch) {
        UUID storage = fetch.storage();
        text = "fetch from " + fetch.nextIndex()
                + (fetch.snapshotIndex() == 0
                        ? ""
                        : ", snapshot up to " + fetch.snapshotIndex() + " from byte " + fetch.snapshotOffset())
                + (storage == null ? "" : ", to join with storage " + of(storage));
    }

    @Override
    public void decided(long from, LearningMessage.Decided decided) {
        text = "learn " + at(decided.firstIndex(), decided.entries()) + ", decided " + decided.decidedIndex()
                + ", leader " + of(decided.leader());
    }

    @Override
    public void snapshotPiece(long from, LearningMessage.SnapshotPiece piece) {
        text = "snapshot up to " + piece.snapshot().index() + ", bytes " + piece.offset() + " to "
                + (piece.offset() + piece.bytes().length) + " of "
                + piece.snapshot().length() + ", leader "
                + of(piece.leader());
    }
}
