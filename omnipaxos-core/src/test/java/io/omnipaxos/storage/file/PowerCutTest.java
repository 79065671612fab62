package io.omnipaxos.storage.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.simulation.SimulatedFileSystem;
import io.omnipaxos.simulation.SimulatedFileSystem.Fault;
import io.omnipaxos.storage.RandomOperations;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageOperation;
import io.omnipaxos.storage.StorageOperation.OwnSnapshot;
import io.omnipaxos.storage.StoredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole lives of a storage, each ended by a fault, on a disk that forgets what was not forced. */
class PowerCutTest {

    private static final FileStorageSettings SETTINGS = new FileStorageSettings(Path.of("data"), "cluster", 1, 8 << 10);
    private static final int LIVES = 6;

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 200, 300, 400, 500})
    void afterALossOfPowerThereIsWhatWasAcknowledgedAndAtMostTheBatchInFlight(int firstSeed) {
        for (int seed = firstSeed; seed < firstSeed + 100; seed++) {
            new Lives(seed).run(Fault.POWER_CUT);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1100, 1200, 1300})
    void afterAFailedOperationThereIsWhatWasAcknowledgedAndItStays(int firstSeed) {
        for (int seed = firstSeed; seed < firstSeed + 100; seed++) {
            new Lives(seed).run(Fault.INPUT_OUTPUT_ERROR);
        }
    }

    @Test
    void aLossOfPowerAtEachOperationOfAFirstLifeIsSurvived() {
        for (int operation = 1; operation <= 150; operation++) {
            Lives lives = new Lives(operation);
            lives.live(operation, Fault.POWER_CUT);
            lives.layer.cutPower();
            lives.adoptWhatIsFound();
        }
    }

    private static final class Lives {

        private final long seed;
        private final Random random;
        private final SimulatedFileSystem layer;
        private final RandomOperations operations;
        private StoredModel acknowledged = StoredModel.EMPTY;
        private StoredModel withInFlight = StoredModel.EMPTY;

        Lives(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.layer = new SimulatedFileSystem(seed + 1);
            this.operations = new RandomOperations(random, random.nextInt(4) == 0 ? 40_000 : 1_500);
        }

        void run(Fault fault) {
            for (int life = 0; life < LIVES; life++) {
                live(1 + random.nextInt(80), fault);
                if (fault == Fault.POWER_CUT) {
                    layer.cutPower();
                } else {
                    layer.restartProcess();
                }
                adoptWhatIsFound();
                // Whoever opened it relies on it from then on.
                layer.cutPower();
                withInFlight = acknowledged;
                adoptWhatIsFound();
            }
        }

        /** Writes until it fails. */
        void live(int failingOperation, Fault fault) {
            layer.failAt(failingOperation, fault);
            withInFlight = acknowledged;
            try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
                acknowledged.assertEquals(storage);
                while (true) {
                    perform(operations.next(acknowledged), storage);
                }
            } catch (StorageException expected) {
                assertThat(expected).hasRootCauseInstanceOf(IOException.class);
            } catch (IOException expected) {
                assertThat(layer.isPowerless()).isTrue();
            }
        }

        private void perform(StorageOperation operation, FileStorage storage) throws IOException {
            withInFlight = operation.after(acknowledged);
            try {
                operation.perform(storage);
                acknowledged = withInFlight;
            } catch (StorageException | IOException e) {
                if (layer.isPowerless() || !(operation instanceof OwnSnapshot)) {
                    throw e;
                }
                // The storage goes on without it, up to the next fault.
                acknowledged.assertEquals(storage);
                layer.failAt(1 + random.nextInt(80), Fault.INPUT_OUTPUT_ERROR);
            }
        }

        void adoptWhatIsFound() {
            try (FileStorage storage = FileStorage.open(SETTINGS, layer)) {
                StoredModel found = StoredModel.of(storage);
                assertThat(found).as("seed %s", seed).isIn(acknowledged, withInFlight);
                acknowledged = found;
            } catch (StorageException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }
}
