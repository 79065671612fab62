package io.omnipaxos.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.log.StopSign;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every storage must do, together with the {@link SnapshotContract}. */
public abstract class StorageContract extends SnapshotContract {

    @Test
    void aNewStorageIsEmpty() {
        assertThat(storage.state()).isEqualTo(DurableState.EMPTY);
        assertThat(storage.snapshots()).isEmpty();
    }

    @Test
    void aStorageKeepsItsOwnIdentity() {
        UUID identity = storage.identity();
        restart();

        assertThat(storage.identity()).isEqualTo(identity);
        try (Storage another = openAnother()) {
            assertThat(another.identity()).isNotEqualTo(identity);
        }
    }

    @Test
    void entriesAreReadInTheOrderInWhichTheyWereWritten() {
        storage.write(append(1, 3));
        storage.write(append(4, 2));

        assertThat(readAll()).isEqualTo(commands(1, 5));
        assertThat(storage.read(2, 4, Long.MAX_VALUE)).isEqualTo(commands(2, 3));
    }

    @Test
    void allKindsOfEntriesAreReadAsTheyWereWritten() {
        LogEntry empty = new Command(new ProposalId(3, 2, 1), 1, 7, new byte[0]);
        LogEntry leadership = new LeadershipEntry(new Ballot(4, 3, -2, 1));
        LogEntry stopSign = new StopSign(NEXT, 3);
        LogEntry plain = new StopSign(ClusterConfiguration.majority(9, List.of(5L)), 0);

        storage.write(WriteBatch.entries(new LogWrite(1, List.of(empty, leadership, stopSign, plain))));
        restart();

        assertThat(readAll()).containsExactly(empty, leadership, stopSign, plain);
    }

    @Test
    void aBatchChangesTheWholeState() {
        Membership membership = Membership.in(NEXT).knowing(3, new UUID(1, 2)).asEligible();
        storage.write(append(1, 2));
        snapshot(1, "first");
        storage.write(new WriteBatch(HIGHER, LOWER, new LogWrite(2, commands(2, 3)), 2L, 5L, 1_000L, 1L, membership));

        DurableState expected = new DurableState(HIGHER, LOWER, 4, 2, 5, 1_000, 1, membership);
        assertThat(storage.state()).isEqualTo(expected);
        restart();
        assertThat(storage.state()).isEqualTo(expected);
    }

    @Test
    void whatABatchDoesNotNameStaysAsItWas() {
        storage.write(WriteBatch.promise(HIGHER));
        storage.write(WriteBatch.bootCounter(1));
        storage.write(append(1, 2));
        storage.write(WriteBatch.decided(1));
        storage.write(WriteBatch.EMPTY);

        assertThat(storage.state()).isEqualTo(new DurableState(HIGHER, Ballot.NONE, 2, 1, 1, 0));
    }

    @Test
    void aWriteReplacesTheEndOfTheLog() {
        storage.write(append(1, 5));
        storage.write(WriteBatch.entries(new LogWrite(3, commands(100, 1))));
        storage.write(WriteBatch.entries(new LogWrite(4, commands(200, 3))));

        List<LogEntry> expected = new ArrayList<>(commands(1, 2));
        expected.addAll(commands(100, 1));
        expected.addAll(commands(200, 3));
        assertThat(readAll()).isEqualTo(expected);
        restart();
        assertThat(readAll()).isEqualTo(expected);
    }

    @Test
    void aWriteWithoutEntriesOnlyCuts() {
        storage.write(append(1, 5));
        storage.write(WriteBatch.entries(new LogWrite(3, List.of())));

        assertThat(storage.state().acceptedIndex()).isEqualTo(2);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> storage.read(3, 3, 100));
        storage.write(WriteBatch.entries(new LogWrite(3, commands(300, 1))));
        restart();
        assertThat(storage.read(2, 3, Long.MAX_VALUE))
                .containsExactly(commands(2, 1).get(0), commands(300, 1).get(0));
    }

    @Test
    void aReadEndsBeforeTheEntryThatWouldExceedTheBytes() {
        storage.write(append(1, 5));
        long size = commands(1, 1).get(0).size();

        for (boolean restarted : new boolean[] {false, true}) {
            if (restarted) {
                restart();
            }
            assertThat(storage.read(1, 5, 3 * size)).hasSize(3);
            assertThat(storage.read(1, 5, 3 * size - 1)).hasSize(2);
            assertThat(storage.read(2, 5, 0)).isEqualTo(commands(2, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 1", "1 4", "4 4", "2 1", "-1 2"})
    void aRangeThatIsNotStoredIsRefused(String range) {
        storage.write(append(1, 3));
        long from = Long.parseLong(range.split(" ")[0]);
        long to = Long.parseLong(range.split(" ")[1]);

        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> storage.read(from, to, Long.MAX_VALUE))
                .withMessageContaining("entries " + from + " to " + to);
    }

    @Test
    void nothingIsReadFromAnEmptyLog() {
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> storage.read(1, 1, 100));
    }

    @Test
    void aRefusedBatchLeavesEverythingAsItWas() {
        storage.write(new WriteBatch(HIGHER, HIGHER, new LogWrite(1, commands(1, 3)), 2L, 5L, 1_000L));
        storage.write(WriteBatch.membership(Membership.in(NEXT)));
        snapshot(1, "kept");
        StoredModel before = StoredModel.of(storage);

        refuse(WriteBatch.entries(new LogWrite(5, commands(5, 1))), "gap");
        refuse(WriteBatch.entries(new LogWrite(2, commands(2, 1))), "decided");
        refuse(WriteBatch.decided(4), "not within the log");
        refuse(WriteBatch.accepted(HIGHER, new LogWrite(4, commands(4, 1)), 5), "not within the log");
        refuse(WriteBatch.decided(1), "decided index never goes back");
        refuse(WriteBatch.promise(LOWER), "above the promise");
        refuse(new WriteBatch(LOWER, LOWER, null, null, null, null), "promise never goes back");
        refuse(WriteBatch.accepted(LOWER, new LogWrite(4, commands(4, 1)), 2), "accepted round never goes back");
        refuse(WriteBatch.accepted(new Ballot(1, 9, 0, 1), new LogWrite(4, commands(4, 1)), 2), "above the promise");
        refuse(WriteBatch.bootCounter(4), "boot counter never goes back");
        refuse(WriteBatch.largestGrant(999), "largest grant never goes back");
        refuse(WriteBatch.membership(Membership.in(ClusterConfiguration.majority(6, List.of(1L)))), "configuration");
        refuse(WriteBatch.compacted(2), "no snapshot covers the log up to 2");

        before.assertEquals(storage);
        restart();
        before.assertEquals(storage);
        storage.write(append(4, 1));
        assertThat(storage.state().acceptedIndex()).isEqualTo(4);
    }

    @Test
    void aClosedStorageRefusesEveryUse() {
        storage.write(append(1, 1));
        SnapshotInfo stored = snapshot(1, "content");
        SnapshotWriter writer = storage.beginSnapshot(1, NEXT);
        storage.close();
        storage.close();

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.write(append(2, 1)))
                .withMessageContaining("closed");
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> storage.read(1, 1, 100));
        assertThatExceptionOfType(StorageException.class).isThrownBy(storage::state);
        assertThatExceptionOfType(StorageException.class).isThrownBy(storage::snapshots);
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> storage.readSnapshot(1, 0, 1));
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> storage.beginSnapshot(1, NEXT));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.write(received(2, "next").piece(0)));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> writer.write(1));
        assertThatExceptionOfType(StorageException.class).isThrownBy(writer::commit);
        writer.close();
        restart();
        assertThat(storage.snapshots()).containsExactly(stored);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void itHoldsWhatTheModelHoldsAfterEachOperationAndRestart(long seed) throws IOException {
        Random random = new Random(seed);
        RandomOperations operations = new RandomOperations(random, 1500);
        StoredModel model = StoredModel.EMPTY;

        for (int i = 0; i < 200; i++) {
            StorageOperation operation = operations.next(model);
            operation.perform(storage);
            model = operation.after(model);
            if (random.nextInt(20) == 0) {
                restart();
            }
            assertThat(storage.state()).isEqualTo(model.state());
            assertThat(storage.snapshots())
                    .isEqualTo(model.snapshots().values().stream()
                            .map(StoredModel.StoredSnapshot::info)
                            .toList());
            assertAnyRangeIsRead(model, random);
        }
        model.assertEquals(storage);
        restart();
        model.assertEquals(storage);
    }

    private void assertAnyRangeIsRead(StoredModel model, Random random) {
        int count = model.entries().size();
        long before = model.state().compactedIndex();
        if (count > 0) {
            int from = 1 + random.nextInt(count);
            int to = from + random.nextInt(count - from + 1);
            assertThat(storage.read(before + from, before + to, Long.MAX_VALUE))
                    .isEqualTo(model.entries().subList(from - 1, to));
        }
    }
}
