package io.omnipaxos.effect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage;
import io.omnipaxos.message.LeaseMessage;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which messages wait for the disk, and how the writes of a step become one. */
class EffectsBuilderTest {

    /** A new kind of message must be put here by somebody who thought about it. */
    private static final Map<Class<? extends Message>, Boolean> WAITS = new HashMap<>();

    static {
        WAITS.put(ReplicationMessage.PrepareRequest.class, false);
        WAITS.put(ReplicationMessage.Prepare.class, true);
        WAITS.put(ReplicationMessage.Promise.class, true);
        WAITS.put(ReplicationMessage.AcceptSync.class, false);
        WAITS.put(ReplicationMessage.AcceptDecide.class, false);
        WAITS.put(ReplicationMessage.Decide.class, false);
        WAITS.put(ReplicationMessage.Accepted.class, true);
        WAITS.put(ReplicationMessage.NotAccepted.class, true);
        WAITS.put(ReplicationMessage.ForwardedAppend.class, false);
        WAITS.put(ReplicationMessage.AppendRefused.class, false);
        WAITS.put(ReplicationMessage.ReadIndexRequest.class, false);
        WAITS.put(ReplicationMessage.ReadIndexAnswer.class, false);
        WAITS.put(ElectionMessage.HeartbeatRequest.class, false);
        WAITS.put(ElectionMessage.HeartbeatReply.class, true);
        WAITS.put(LeaseMessage.LeaderHeartbeat.class, false);
        WAITS.put(LeaseMessage.HeartbeatAnswer.class, true);
        WAITS.put(LeaseMessage.Released.class, false);
        WAITS.put(LearningMessage.Introduction.class, false);
        WAITS.put(LearningMessage.IntroductionAnswer.class, true);
        WAITS.put(LearningMessage.Ahead.class, false);
        WAITS.put(LearningMessage.Fetch.class, false);
        WAITS.put(LearningMessage.Decided.class, false);
        WAITS.put(LearningMessage.SnapshotPiece.class, false);
    }

    private static final Ballot BALLOT = new Ballot(1, 2, 0, 3);

    private final EffectsBuilder builder = new EffectsBuilder("test", 1, 3);

    @Test
    void everyKindOfMessageIsDecidedUpon() {
        assertThat(kindsOf(Message.class)).containsExactlyInAnyOrderElementsOf(WAITS.keySet());
    }

    @Test
    void whatPromisesSomethingWaitsForTheDiskAndNothingElse() {
        for (Class<? extends Message> kind : kindsOf(Message.class)) {
            assertThat(EffectsBuilder.waitsForSync(kind))
                    .as(kind.getSimpleName())
                    .isEqualTo(WAITS.get(kind));
        }
    }

    @Test
    void messagesAreAddressedAndKeepTheirOrder() {
        Message accept = new ReplicationMessage.AcceptDecide(BALLOT, 1, List.of(entry(1)), 0);
        Message decide = new ReplicationMessage.Decide(BALLOT, 1);
        Message accepted = new ReplicationMessage.Accepted(BALLOT, 1);
        builder.send(1, accept);
        builder.send(2, accepted);
        builder.send(1, decide);

        Effects effects = builder.build(null, 0);

        assertThat(effects.sendNow())
                .containsExactly(new Envelope("test", 1, 3, 1, accept), new Envelope("test", 1, 3, 1, decide));
        assertThat(effects.sendAfterSync()).containsExactly(new Envelope("test", 1, 3, 2, accepted));
    }

    @Test
    void whatWasBuiltIsNotBuiltAgain() {
        builder.send(1, new ReplicationMessage.Decide(BALLOT, 1));
        builder.persist(WriteBatch.promise(BALLOT));
        builder.notice(new Notice.ReadIndex(1, 1));
        builder.build(null, 0);

        Effects next = builder.build(null, 7);

        assertThat(next).isEqualTo(new Effects(null, List.of(), WriteBatch.EMPTY, List.of(), List.of(), 7, List.of()));
        assertThat(builder.persistsAnything()).isFalse();
    }

    @Test
    void writesOfOneStepBecomeOneBatchInWhichTheLaterWins() {
        Ballot higher = new Ballot(1, 3, 0, 3);
        builder.persist(WriteBatch.promise(BALLOT));
        builder.persist(WriteBatch.accepted(BALLOT, new LogWrite(4, List.of(entry(4), entry(5), entry(6))), 2));
        builder.persist(WriteBatch.promise(higher));
        builder.persist(WriteBatch.largestGrant(500));
        builder.persist(WriteBatch.entries(new LogWrite(6, List.of(entry(60), entry(70)))));
        builder.persist(WriteBatch.decided(5));

        WriteBatch batch = builder.build(null, 0).persist();

        LogWrite merged = new LogWrite(4, List.of(entry(4), entry(5), entry(60), entry(70)));
        assertThat(batch).isEqualTo(new WriteBatch(higher, BALLOT, merged, 5L, null, 500L));
    }

    @Test
    void aLaterWriteThatBeginsEarlierReplacesAll() {
        builder.persist(WriteBatch.entries(new LogWrite(4, List.of(entry(4), entry(5)))));
        builder.persist(WriteBatch.entries(new LogWrite(2, List.of(entry(20)))));

        assertThat(builder.build(null, 0).persist().entries()).isEqualTo(new LogWrite(2, List.of(entry(20))));
    }

    @Test
    void aCutWithoutEntriesIsWrittenToo() {
        builder.persist(WriteBatch.entries(new LogWrite(4, List.of())));

        assertThat(builder.persistsAnything()).isTrue();
        assertThat(builder.build(null, 0).persist().entries()).isEqualTo(new LogWrite(4, List.of()));
    }

    @Test
    void aGapBetweenTwoWritesIsRefused() {
        builder.persist(WriteBatch.entries(new LogWrite(4, List.of(entry(4)))));

        assertThatThrownBy(() -> builder.persist(WriteBatch.entries(new LogWrite(6, List.of(entry(6))))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gap");
    }

    @SuppressWarnings("unchecked")
    private static List<Class<? extends Message>> kindsOf(Class<?> sealed) {
        List<Class<? extends Message>> kinds = new ArrayList<>();
        Arrays.stream(sealed.getPermittedSubclasses()).forEach(kind -> {
            if (kind.isSealed()) {
                kinds.addAll(kindsOf(kind));
            } else {
                kinds.add((Class<? extends Message>) kind);
            }
        });
        return kinds;
    }

    private static LogEntry entry(long sequence) {
        return new Command(new ProposalId(9, 1, sequence), 1, 0, new byte[0]);
    }
}
