package io.omnipaxos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.ElectionMessage.HeartbeatReply;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.message.LearningMessage.Decided;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.LearningMessage.Introduction;
import io.omnipaxos.message.LearningMessage.IntroductionAnswer;
import io.omnipaxos.message.LearningMessage.SnapshotPiece;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.LeaseMessage.Released;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.AppendRefused;
import io.omnipaxos.message.ReplicationMessage.Decide;
import io.omnipaxos.message.ReplicationMessage.ForwardedAppend;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.NotAccepted;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.PrepareRequest;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.message.ReplicationMessage.ReadIndexAnswer;
import io.omnipaxos.message.ReplicationMessage.ReadIndexRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MessageTextTest {

    private static final Ballot BALLOT = new Ballot(1, 3, 0, 2);
    private static final Ballot OLDER = new Ballot(1, 2, 5, 1);
    private static final UUID STORAGE = UUID.fromString("7a7a3c11-0000-4000-8000-000000000000");
    private static final UUID OTHER = UUID.fromString("b0b03c11-0000-4000-8000-000000000000");
    private static final long BOOT = ProposalId.boot(STORAGE, 2);
    private static final Nonce NONCE = new Nonce(BOOT, 4);
    private static final ProposalId ID = new ProposalId(1, BOOT, 1);
    private static final Command PUT = command(new Operation(7, Operation.Kind.PUT, 1, 7, 0));
    private static final Command SET = command(new Operation(8, Operation.Kind.COMPARE_AND_SET, 1, 8, 7));
    private static final LogEntry LEADERSHIP = new LeadershipEntry(BALLOT);
    private static final ClusterConfiguration NEXT = ClusterConfiguration.majority(2, List.of(1L, 2L, 4L));

    private static Command command(Operation operation) {
        return new Command(ID, 1, 0, operation.toBytes());
    }

    /** One of each kind at least. */
    private static Map<Message, String> examples() {
        Map<Message, String> texts = new LinkedHashMap<>();
        texts.put(new HeartbeatRequest(BOOT, 9), "heartbeat? round 9");
        texts.put(
                new HeartbeatReply(BOOT, 9, OLDER, BALLOT, true),
                "heartbeat of round 9, own ballot 1.2(5)@1, follows 1.3@2, happy");
        texts.put(
                new HeartbeatReply(BOOT, 9, OLDER, Ballot.NONE, false),
                "heartbeat of round 9, own ballot 1.2(5)@1, follows none, not happy");
        texts.put(
                new LeaderHeartbeat(BALLOT, 8, true, 500, 12, 11, 10),
                "lease heartbeat 1.3@2 round 8, log of 12, decided 11, token 10");
        texts.put(
                new LeaderHeartbeat(BALLOT, 8, false, 500, 12, 11, 0),
                "lease heartbeat 1.3@2 round 8, log of 12, decided 11, not happy");
        texts.put(new HeartbeatAnswer(BALLOT, 8, true, 12, true), "grant 1.3@2 round 8, accepted 12");
        texts.put(new HeartbeatAnswer(BALLOT, 8, false, 0, true), "no grant 1.3@2 round 8, accepted 0");
        texts.put(new Released(BALLOT, true), "released 1.3@2, take over");
        texts.put(new Released(BALLOT, false), "released 1.3@2");
        replication(texts);
        learning(texts);
        return texts;
    }

    private static void replication(Map<Message, String> texts) {
        texts.put(new PrepareRequest(OLDER), "prepare me, promised 1.2(5)@1");
        texts.put(
                new Prepare(BALLOT, 2, Ballot.NONE, 3, OLDER),
                "prepare 1.3@2, log of 3 accepted in none, decided 2, released 1.2(5)@1");
        texts.put(
                new Promise(BALLOT, NONCE, OLDER, 3, 2, 3, List.of(PUT)),
                "promise 1.3@2, log of 3 accepted in 1.2(5)@1, decided 2, at 3 [r1 = 7], nonce 7a7a/2.4");
        texts.put(
                new AcceptSync(BALLOT, NONCE, 3, List.of(PUT, SET, LEADERSHIP), 2),
                "accept sync 1.3@2, at 3 [r1 = 7, r1 = 8 if 7, leadership of 1.3@2], decided 2, nonce 7a7a/2.4");
        texts.put(
                new AcceptDecide(BALLOT, 4, Collections.nCopies(6, PUT), 3),
                "accept 1.3@2, at 4 [r1 = 7, r1 = 7, r1 = 7, r1 = 7, and 2 more], decided 3");
        texts.put(new Decide(BALLOT, 3), "decide 1.3@2, decided 3");
        texts.put(new Accepted(BALLOT, 3), "accepted 1.3@2, up to 3");
        texts.put(new NotAccepted(BALLOT), "not accepted, promised 1.3@2");
        texts.put(new ForwardedAppend(List.of(SET)), "append [r1 = 8 if 7]");
        texts.put(new AppendRefused(List.of(ID), true), "append of 1 refused, too much is waiting");
        texts.put(new AppendRefused(List.of(ID), false), "append of 1 refused, this node does not lead");
        texts.put(new ReadIndexRequest(BOOT, 6), "read index? request 6");
        texts.put(new ReadIndexAnswer(BOOT, 6, 3), "read index 3, request 6");
        texts.put(new ReadIndexAnswer(BOOT, 6, -1), "no read index, this node does not lead, request 6");
    }

    private static void learning(Map<Message, String> texts) {
        texts.put(new Introduction(STORAGE), "introduction of storage 7a7a");
        texts.put(new IntroductionAnswer(STORAGE, STORAGE), "storage 7a7a is known");
        texts.put(new IntroductionAnswer(STORAGE, OTHER), "storage 7a7a is known as b0b0");
        texts.put(new Ahead(5), "ahead of you, decided 5");
        texts.put(new Fetch(6, 0, 0, null), "fetch from 6");
        texts.put(
                new Fetch(6, 9, 400, STORAGE),
                "fetch from 6, snapshot up to 9 from byte 400, to join with storage 7a7a");
        texts.put(
                new Decided(6, List.of(new StopSign(NEXT, 4)), 6, Ballot.NONE),
                "learn at 6 [stop-sign for configuration 2 of [1, 2, 4], in which 4 stands first], decided 6, leader none");
        texts.put(
                new SnapshotPiece(new SnapshotInfo(9, NEXT, 500, 0), 400, new byte[100], BALLOT),
                "snapshot up to 9, bytes 400 to 500 of 500, leader 1.3@2");
    }

    @Test
    void everyMessageIsAFewWords() {
        examples()
                .forEach((message, text) -> assertThat(MessageText.of(message)).isEqualTo(text));
    }

    @Test
    void everyKindHasAnExample() {
        List<Class<?>> kinds = new ArrayList<>();
        collect(Message.class, kinds);

        assertThat(examples().keySet()).extracting(Object::getClass).containsAll(kinds);
    }

    private static void collect(Class<?> type, List<Class<?>> kinds) {
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                collect(permitted, kinds);
            }
        } else {
            kinds.add(type);
        }
    }
}
