package io.omnipaxos.replication;

import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.EffectsBuilder;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.LogReader;
import io.omnipaxos.log.SnapshotInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The log in memory over the stored one: a, b, c, d accepted in round 3 are stored, two of them decided. */
class ReplicaLogTest {

    private static final Ballot ROUND = ballot(3, 1);
    private static final Ballot NEXT = ballot(4, 2);
    private static final List<LogEntry> STORED = List.of(entries("a", "b", "c", "d"));

    private final EffectsBuilder effects = new EffectsBuilder("test", 1, 3);
    private final ReplicaLog log = new ReplicaLog(new DurableState(NEXT, ROUND, 4, 2, 1, 0), new Stored(), 1, effects);

    @Test
    void withinOneRoundASynchronisationOnlyExtends() {
        log.acceptSync(ROUND, 2, List.of(entries("b")), 2);

        assertThat(log.readSuffix(1)).containsExactly(entries("a", "b", "c", "d"));
        assertThat(effects.build(null, 0).persist().entries()).isEqualTo(new LogWrite(5, List.of()));
    }

    @Test
    void withinOneRoundASynchronisationAddsWhatIsNew() {
        log.acceptSync(ROUND, 4, List.of(entries("d", "e")), 2);

        assertThat(log.readSuffix(1)).containsExactly(entries("a", "b", "c", "d", "e"));
        assertThat(effects.build(null, 0).persist().entries()).isEqualTo(new LogWrite(5, List.of(entries("e"))));
    }

    @Test
    void inALaterRoundWhatIsNotDecidedIsReplaced() {
        log.acceptSync(NEXT, 3, List.of(entries("x")), 2);

        assertThat(log.readSuffix(1)).containsExactly(entries("a", "b", "x"));
        assertThat(log.acceptedRound()).isEqualTo(NEXT);
        assertThat(log.durableIndex()).isEqualTo(2);
    }

    @Test
    void onlyWhatWasPersistedIsDurable() {
        log.append(List.of(entries("e")));
        assertThat(log.acceptedIndex()).isEqualTo(5);
        assertThat(log.durableIndex()).isEqualTo(4);

        log.persisted();

        assertThat(log.durableIndex()).isEqualTo(5);
    }

    @Test
    void onlyWhatIsDecidedAndDurableIsApplicable() {
        log.append(List.of(entries("e")));
        log.decide(5);

        assertThat(log.decidedIndex()).isEqualTo(5);
        assertThat(log.applicableIndex()).isEqualTo(4);
    }

    @Test
    void theDecidedIndexNeverGoesBackNorBeyondTheLog() {
        assertThat(log.decide(1)).isFalse();
        assertThat(log.decidedIndex()).isEqualTo(2);

        assertThat(log.decide(99)).isTrue();
        assertThat(log.decidedIndex()).isEqualTo(4);
    }

    @Test
    void aSynchronisationThatLeavesAGapChangesNothing() {
        assertThat(log.acceptSync(NEXT, 6, List.of(entries("f")), 2)).isFalse();

        assertThat(log.acceptedRound()).isEqualTo(ROUND);
        assertThat(log.acceptedIndex()).isEqualTo(4);
    }

    @Test
    void decidedEntriesAreNeverReplaced() {
        assertThat(log.acceptSync(NEXT, 2, List.of(entries("other")), 2)).isFalse();

        assertThat(log.readSuffix(1)).containsExactly(entries("a", "b", "c", "d"));
        assertThat(log.acceptedRound()).isEqualTo(ROUND);
    }

    @Test
    void aLateSynchronisationOfLessThanIsDecidedMeanwhileKeepsWhatIsDecided() {
        assertThat(log.acceptSync(NEXT, 1, List.of(entries("a")), 2)).isTrue();

        assertThat(log.readSuffix(1)).containsExactly(entries("a", "b"));
    }

    @Test
    void aDecisionThatLeavesUndecidedEntriesBeforeItIsNotTaken() {
        log.learn(4, List.of(entries("d")));

        assertThat(log.decidedIndex()).isEqualTo(2);
        assertThat(effects.build(null, 0).persist().isEmpty()).isTrue();
    }

    @Test
    void readingWhatIsNotThereIsAnErrorAndNotAnEmptyList() {
        assertThatThrownBy(() -> log.read(4, 5, 100)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> log.read(0, 1, 100)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(log.readSuffix(5)).isEmpty();
    }

    @Test
    void readingEndsWhereTheBytesEndButGivesAtLeastOneEntry() {
        log.append(List.of(entries("e", "f", "g")));

        assertThat(log.read(5, 7, 1)).containsExactly(entries("e"));
        assertThat(log.read(5, 7, 2 * 201)).containsExactly(entries("e", "f"));
    }

    private static final class Stored implements LogReader {

        @Override
        public List<LogEntry> read(long from, long to, long maxBytes) {
            return STORED.subList((int) from - 1, (int) to);
        }

        @Override
        public List<SnapshotInfo> snapshots() {
            return List.of();
        }

        @Override
        public byte[] readSnapshot(long index, long offset, int maxBytes) {
            throw new IndexOutOfBoundsException("there is no snapshot of index " + index);
        }
    }
}
