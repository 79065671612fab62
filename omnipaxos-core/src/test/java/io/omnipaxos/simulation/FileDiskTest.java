package io.omnipaxos.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.simulation.SimulationSettings.Disks;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.file.FileStorageSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a storage in files finds after whatever happened to its process, its machine and its disk. */
@QuietNodes
class FileDiskTest {

    private static final FileStorageSettings SETTINGS = new FileStorageSettings(Path.of("data"), "simulated", 1, 4096);
    private static final long MILLI = 1_000_000;
    private static final int SEEDS = 100;

    private final Timeline timeline = new Timeline();
    private FileDisk disk = new FileDisk(new SplittableRandom(1), MILLI, SETTINGS);
    private SimulatedHost host = new SimulatedHost(1, timeline, new SimulatedClock(1), lease -> {});
    private Executor thread = host.thread("loop");
    private Storage storage = disk.openFor(host);
    private long acknowledged;

    @BeforeEach
    void begin() {
        begin(1);
    }

    private void begin(long seed) {
        disk = new FileDisk(new SplittableRandom(seed), MILLI, SETTINGS);
        open();
        acknowledged = 0;
    }

    private void open() {
        host = new SimulatedHost(1, timeline, new SimulatedClock(1), lease -> {});
        thread = host.thread("loop");
        storage = disk.open(host);
    }

    @Test
    void aProcessThatEndsWithinASyncHasNotDoneWhatItDoesAfterIt() {
        Set<Long> beyond = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            begin(seed);
            append(40);
            passMillis(20);
            assertThat(acknowledged).isBetween(1L, 39L);
            end(seed % 2 == 0);
            open();
            beyond.add(accepted() - acknowledged);
        }
        // The one that was being written is there, or not.
        assertThat(beyond).containsExactly(0L, 1L);
    }

    @Test
    void theProcessItselfIsAheadOfTheMachine() {
        thread.execute(() -> {
            storage.write(entry(1));
            storage.write(entry(2));
        });
        passMillis(0);
        assertThat(accepted()).isEqualTo(2);

        end(false);
        open();

        assertThat(accepted()).isLessThanOrEqualTo(1);
    }

    @Test
    void whatASyncThatFailedLeftIsSeenUntilThePowerFails() {
        Set<Long> afterLossOfPower = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            begin(seed);
            append(2);
            passMillis(20);
            disk.failNextSync();
            thread.execute(() -> assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> storage.write(entry(3)))
                    .withMessageContaining("the disk fails"));
            passMillis(20);
            assertThat(disk.hasFailed()).isTrue();
            end(seed % 2 == 0);
            open();
            if (seed % 2 == 0) {
                afterLossOfPower.add(accepted());
            } else {
                assertThat(accepted()).isEqualTo(3);
                end(true);
                open();
                assertThat(accepted()).as("what a process found stays").isEqualTo(3);
            }
        }
        assertThat(afterLossOfPower).containsExactly(2L, 3L);
    }

    @Test
    void aFlippedBitIsRefusedOrDoesNoHarm() {
        int refused = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            begin(seed);
            append(12);
            passMillis(100);
            if (seed % 2 == 0) {
                end(true);
            }
            assertThat(disk.rot()).isTrue();
            end(false);
            try {
                open();
                assertThat(accepted()).isEqualTo(12);
            } catch (StorageException refusal) {
                assertThat(refusal).hasMessageContaining("is damaged at offset");
                refused++;
            }
        }
        assertThat(refused).isBetween(SEEDS / 2, SEEDS - 1);
    }

    @Test
    void nothingRotsOnAnEmptyDisk() {
        disk.replace();

        assertThat(disk.rot()).isFalse();
    }

    @Test
    void aReplacedDiskIsEmptyAndHasAnotherName() {
        UUID before = storage.identity();
        append(3);
        passMillis(20);
        end(true);
        open();
        assertThat(storage.identity()).isEqualTo(before);
        end(true);

        disk.replace();
        open();

        assertThat(accepted()).isZero();
        assertThat(storage.identity()).isNotEqualTo(before);
    }

    @Test
    void aScenarioOnFilesRunsTheSameTwice() {
        for (long seed = 0; seed < 5; seed++) {
            Scenario drawn = RandomScenario.of(seed);
            Scenario scenario = new Scenario(drawn.settings().withDisks(Disks.FILES), drawn.plan());

            assertThat(scenario.run()).as("seed %s", seed).isEqualTo(scenario.run());
        }
    }

    private void append(int count) {
        for (long index = 1; index <= count; index++) {
            WriteBatch batch = entry(index);
            long reached = index;
            thread.execute(() -> {
                storage.write(batch);
                host.whenReached(() -> acknowledged = reached);
            });
        }
    }

    private void passMillis(long millis) {
        long until = timeline.now() + millis * MILLI;
        while (timeline.step(until)) {
            assertThat(timeline.now()).isLessThanOrEqualTo(until);
        }
    }

    private void end(boolean powerLost) {
        host.kill();
        disk.crash(timeline.now(), powerLost);
    }

    private long accepted() {
        return storage.state().acceptedIndex();
    }

    private static WriteBatch entry(long index) {
        return WriteBatch.entries(
                new LogWrite(index, List.of(new Command(new ProposalId(1, 1, index), 1, 0, new byte[900]))));
    }
}
