package io.omnipaxos.reference;

import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.LearningMessage.SnapshotPiece;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaFixture.PowerCut;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The group «atomic_storage»: the power fails before the first, the second, … write of a node that is driven by messages made
 * by hand. What belongs together is there together or not at all. Node 2 of three.
 */
class AtomicStorageScenarioTest {

    private static final Ballot ROUND = ballot(2, 1);
    private static final Ballot LED = ballot(5, 1);

    /** What is asked of a state: which log, accepted in which round, of which how much is decided and compacted. */
    private record Whole(List<String> contents, Ballot acceptedRound, long acceptedIndex, long compactedIndex) {

        static Whole of(ReplicaFixture node) {
            DurableState state = node.durable();
            return new Whole(node.contents(), state.acceptedRound(), state.acceptedIndex(), state.compactedIndex());
        }
    }

    @Test
    void aSynchronisationChangesRoundLogAndDecisionTogether() {
        Set<Whole> seen = wholesOf(node -> {
            node.receive(1, prepareOf(LED));
            Nonce nonce = node.lastSentTo(1, Promise.class).nonce();
            node.receive(1, new AcceptSync(LED, nonce, 6, List.of(entries("x", "y")), 7));
        });

        assertThat(seen)
                .containsExactlyInAnyOrder(
                        new Whole(List.of("a", "b", "c", "d", "e"), ROUND, 6, 0),
                        new Whole(List.of("a", "b", "c", "d", "e", "x", "y"), LED, 7, 0));
    }

    @Test
    void aCompactionTakesOnlyWhatTheSnapshotStandsFor() {
        Set<Whole> seen = wholesOf(node -> {
            node.takeSnapshot(4);
            node.takeSnapshot(5);
        });

        assertThat(seen)
                .containsExactlyInAnyOrder(
                        new Whole(List.of("a", "b", "c", "d", "e"), ROUND, 6, 0),
                        new Whole(List.of("a", "b", "c", "d", "e"), ROUND, 6, 4));
    }

    @Test
    void whatIsDecidedNeverRisesWithoutTheLog() {
        Set<Whole> seen = wholesOf(node -> {
            node.receive(1, new AcceptDecide(ROUND, 7, List.of(entries("g")), 7));
            node.receive(1, new AcceptDecide(ROUND, 8, List.of(entries("h")), 8));
        });

        assertThat(seen)
                .containsExactlyInAnyOrder(
                        new Whole(List.of("a", "b", "c", "d", "e"), ROUND, 6, 0),
                        new Whole(List.of("a", "b", "c", "d", "e", "f", "g"), ROUND, 7, 0),
                        new Whole(List.of("a", "b", "c", "d", "e", "f", "g", "h"), ROUND, 8, 0));
    }

    @Test
    void aLeaderAdoptsRoundLogAndDecisionTogether() {
        Set<Whole> seen = wholesOf(node -> {
            node.scripted().setHappy(false);
            Ballot own = node.candidate(6);
            node.receive(1, new Promise(own, new Nonce(1, 1), ballot(4, 3), 7, 7, 6, List.of(entries("x", "y"))));
        });

        assertThat(seen)
                .containsExactlyInAnyOrder(
                        new Whole(List.of("a", "b", "c", "d", "e"), ROUND, 6, 0),
                        new Whole(List.of("a", "b", "c", "d", "e", "x", "y"), ballot(6, 2), 8, 0));
    }

    @Test
    void aSnapshotThatIsReceivedIsThereWithWhatItDecides() {
        ReplicaFixture source = stored(3, 8, "a", "b", "c", "d", "e", "f", "g", "h");
        source.storedSnapshot(8).stored(WriteBatch.compacted(8));
        source.maxMessageBytes = 5;
        source.start();

        Set<Whole> seen = wholesOf(node -> {
            node.receive(3, new Ahead(8));
            while (node.decidedIndex() < 8) {
                source.receive(2, node.lastSentTo(3, Fetch.class));
                node.receive(3, source.lastSentTo(2, SnapshotPiece.class));
            }
        });

        assertThat(seen)
                .containsExactlyInAnyOrder(
                        new Whole(List.of("a", "b", "c", "d", "e"), ROUND, 6, 0),
                        new Whole(List.of("a", "b", "c", "d", "e", "f", "g", "h"), ROUND, 8, 8));
    }

    /** The states that a restart finds, wherever the power failed, and when it did not. */
    private static Set<Whole> wholesOf(Consumer<ReplicaFixture> story) {
        Set<Whole> seen = new HashSet<>();
        for (int write = 1; ; write++) {
            ReplicaFixture node = stored(2, 5, "a", "b", "c", "d", "e", "f").start();
            node.tick();
            node.cutPowerBeforeWrite(write);
            boolean cut = false;
            try {
                story.accept(node);
            } catch (PowerCut expected) {
                cut = true;
            }
            node.restart();
            seen.add(Whole.of(node));
            if (!cut) {
                assertThat(write).as("writes of the story").isGreaterThan(1);
                return seen;
            }
        }
    }

    private static ReplicaFixture stored(long pid, long decidedIndex, String... texts) {
        return ReplicaFixture.of(pid, 3)
                .stored(WriteBatch.promise(ROUND))
                .stored(WriteBatch.accepted(ROUND, new LogWrite(1, List.of(entries(texts))), decidedIndex));
    }
}
