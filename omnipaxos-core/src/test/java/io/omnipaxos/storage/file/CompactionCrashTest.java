package io.omnipaxos.storage.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.simulation.SimulatedFileSystem;
import io.omnipaxos.simulation.SimulatedFileSystem.Fault;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageOperation;
import io.omnipaxos.storage.StorageOperation.Batch;
import io.omnipaxos.storage.StorageOperation.OwnSnapshot;
import io.omnipaxos.storage.StorageOperation.ReceivedSnapshot;
import io.omnipaxos.storage.StoredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The life of a log with snapshots, ended at each single operation on a file, and the opening after that ended at each of
 * its operations: what is found is what was acknowledged, with or without the one step that was under way.
 */
class CompactionCrashTest {

    private static final FileStorageSettings SETTINGS = new FileStorageSettings(Path.of("data"), "cluster", 1, 4 << 10);
    private static final ClusterConfiguration CONFIGURATION = ClusterConfiguration.majority(1, List.of(1L, 2L, 3L));
    private static final Ballot BALLOT = new Ballot(1, 4, 0, 2);

    private static final List<StorageOperation> STEPS = List.of(
            new Batch(WriteBatch.promise(BALLOT)),
            append(1, 6),
            append(7, 6),
            OwnSnapshot.of(5, CONFIGURATION, content(70_000)),
            new Batch(WriteBatch.decided(9)),
            OwnSnapshot.of(9, CONFIGURATION, content(100)),
            new Batch(WriteBatch.compacted(5)),
            append(13, 6),
            new Batch(WriteBatch.compacted(9)),
            ReceivedSnapshot.of(16, CONFIGURATION, content(150_000), 65_000),
            new Batch(WriteBatch.compacted(16)),
            ReceivedSnapshot.of(40, CONFIGURATION, content(70_000), 60_000),
            new Batch(new WriteBatch(null, BALLOT, new LogWrite(41, entries(41, 6)), 43L, null, null, 40L, null)),
            append(47, 6),
            OwnSnapshot.of(43, CONFIGURATION, content(10)),
            new Batch(WriteBatch.compacted(43)));

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aFaultAtAnyOperationLeavesTheStateBeforeOrAfterTheStep(Fault fault) throws IOException {
        for (int seed = 0; seed < 4; seed++) {
            int operation = 1;
            while (!new Life(seed + 1_000L * operation).endsUndisturbed(operation, fault)) {
                operation++;
            }
            assertThat(operation).isGreaterThan(100);
        }
    }

    private static final class Life {

        private final SimulatedFileSystem layer;
        private StoredModel acknowledged = StoredModel.EMPTY;
        private StoredModel underWay = StoredModel.EMPTY;

        Life(long seed) {
            layer = new SimulatedFileSystem(seed);
        }

        boolean endsUndisturbed(int operation, Fault fault) throws IOException {
            layer.failAt(operation, fault);
            boolean undisturbed = live();
            end(fault);
            openingEndsAnywhere(fault);
            StoredModel found = find(layer);
            assertThat(found).as("after a fault at operation %s", operation).isIn(acknowledged, underWay);
            layer.cutPower();
            assertThat(find(layer)).isEqualTo(found);
            return undisturbed;
        }

        /** Whether it came to the end of all steps. */
        private boolean live() throws IOException {
            try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
                for (StorageOperation step : STEPS) {
                    underWay = step.after(acknowledged);
                    step.perform(storage);
                    acknowledged = underWay;
                }
                return true;
            } catch (StorageException | IOException e) {
                assertThat(e).hasStackTraceContaining("at operation");
                return false;
            }
        }

        private void end(Fault fault) {
            if (fault == Fault.POWER_CUT) {
                layer.cutPower();
            } else {
                layer.restartProcess();
            }
        }

        private void openingEndsAnywhere(Fault fault) {
            boolean opened = false;
            for (int operation = 1; !opened; operation++) {
                layer.failAt(operation, fault);
                try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
                    opened = storage.state() != null;
                } catch (StorageException e) {
                    assertThat(e).hasStackTraceContaining("at operation");
                }
                end(fault);
            }
        }

        private static StoredModel find(SimulatedFileSystem layer) {
            try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
                return StoredModel.of(storage);
            }
        }
    }

    private static Batch append(long first, int count) {
        return new Batch(WriteBatch.entries(new LogWrite(first, entries(first, count))));
    }

    private static List<LogEntry> entries(long first, int count) {
        List<LogEntry> entries = new ArrayList<>();
        LongStream.range(first, first + count)
                .forEach(index ->
                        entries.add(new Command(new ProposalId(1, 1, index), 1, 0, new byte[100 + (int) index])));
        return entries;
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        Arrays.fill(content, (byte) length);
        return content;
    }
}
