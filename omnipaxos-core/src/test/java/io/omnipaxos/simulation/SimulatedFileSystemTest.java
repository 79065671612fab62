package io.omnipaxos.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.omnipaxos.simulation.SimulatedFileSystem.Fault;
import io.omnipaxos.storage.file.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left of files after the end of a process, a loss of power, and a sync that fails. */
class SimulatedFileSystemTest {

    private static final Path DIRECTORY = Path.of("data");
    private static final Path FILE = Path.of("data", "file");
    private static final Path OTHER = Path.of("data", "other");
    private static final int SECTOR = 512;
    private static final int SEEDS = 200;

    private SimulatedFileSystem files = new SimulatedFileSystem(1);

    /** Four sectors of ones. */
    @BeforeEach
    void makeDurableFile() throws IOException {
        makeDurableFile(1);
    }

    private void makeDurableFile(long seed) throws IOException {
        files = new SimulatedFileSystem(seed);
        OpenFile file = files.create(FILE);
        file.write(ones(4 * SECTOR), 0);
        file.force();
        files.forceDirectory(DIRECTORY);
    }

    @Test
    void whatIsForcedStays() throws IOException {
        byte[] before = files.file(FILE).bytes();

        files.cutPower();

        assertThat(files.files()).containsExactly(FILE);
        assertThat(files.file(FILE).bytes()).isEqualTo(before);
    }

    @Test
    void theEndOfAProcessForgetsOnlyItsLocks() throws IOException {
        files.file(FILE).write(twos(SECTOR), SECTOR);
        files.create(OTHER);
        assertThat(files.lock(Path.of("lock"))).isNotNull();
        assertThat(files.lock(Path.of("lock"))).isNull();

        files.restartProcess();

        assertThat(files.file(FILE).bytes()[SECTOR]).isEqualTo((byte) 2);
        assertThat(files.files()).containsExactly(FILE, OTHER);
        assertThat(files.lock(Path.of("lock"))).isNotNull();
    }

    @Test
    void aLossOfPowerLosesAnySectorsThatWereNotForced() throws IOException {
        Set<String> outcomes = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            makeDurableFile(seed);
            files.file(FILE).write(twos(2 * SECTOR), SECTOR);
            files.cutPower();
            outcomes.add(sectors(files.file(FILE).bytes()));
        }
        assertThat(outcomes).containsExactly("1111", "1121", "1211", "1221");
    }

    @Test
    void whereAFileGrewAndWasNotForcedThereAreZerosOrNothing() throws IOException {
        Set<String> outcomes = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            makeDurableFile(seed);
            files.file(FILE).write(twos(SECTOR), 4 * SECTOR);
            files.cutPower();
            byte[] left = files.file(FILE).bytes();
            if (left.length % SECTOR == 0) {
                outcomes.add(sectors(left));
            }
            assertThat(Arrays.copyOf(left, 4 * SECTOR))
                    .isEqualTo(ones(4 * SECTOR).array());
        }
        assertThat(outcomes).containsExactly("1111", "11110", "11112");
    }

    @Test
    void namesGetLostOnlyFromTheLastOneOn() throws IOException {
        Set<List<Path>> outcomes = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
        for (long seed = 0; seed < SEEDS; seed++) {
            makeDurableFile(seed);
            files.rename(FILE, OTHER);
            files.create(FILE);
            files.delete(OTHER);
            files.cutPower();
            outcomes.add(files.files());
        }
        assertThat(outcomes).containsExactly(List.of(FILE, OTHER), List.of(FILE), List.of(OTHER));
    }

    @Test
    void aSyncThatFailsLeavesWhatReadersSeeAndIsNotMadeGoodByTheNext() throws IOException {
        List<String> outcomes = new ArrayList<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            makeDurableFile(seed);
            OpenFile file = files.open(FILE);
            file.write(twos(SECTOR), 0);
            files.failAt(1, Fault.INPUT_OUTPUT_ERROR);
            assertThatIOException().isThrownBy(file::force);
            assertThat(sectors(files.file(FILE).bytes())).isEqualTo("2111");
            file.force();
            files.cutPower();
            outcomes.add(sectors(files.file(FILE).bytes()));
        }
        assertThat(new TreeSet<>(outcomes)).containsExactly("1111", "2111");
    }

    @Test
    void aBitThatFlipsIsSeenAndStays() throws IOException {
        files.file(FILE).write(twos(SECTOR), 0);

        files.file(FILE).flip(8 * 2 * SECTOR + 1);

        assertThat(files.file(FILE).bytes()[2 * SECTOR]).isEqualTo((byte) 3);
        assertThat(files.file(FILE).isDurable(0)).isFalse();
        assertThat(files.file(FILE).isDurable(2 * SECTOR)).isTrue();
        files.cutPower();
        assertThat(files.file(FILE).bytes()[2 * SECTOR]).isEqualTo((byte) 3);
    }

    @Test
    void aNameIsDurableOnceItIsForcedAndNotAboutToGo() throws IOException {
        files.create(OTHER);
        assertThat(files.isDurable(OTHER)).isFalse();
        files.forceDirectory(DIRECTORY);
        assertThat(files.isDurable(OTHER)).isTrue();
        files.delete(OTHER);
        assertThat(files.isDurable(OTHER)).isFalse();
    }

    @Test
    void aCopyHasWhatIsSeenAndLosesNothing() throws IOException {
        files.file(FILE).write(twos(SECTOR), 0);
        files.create(OTHER);
        SimulatedFileSystem copy = files.copy();
        files.delete(FILE);

        copy.cutPower();

        assertThat(copy.files()).containsExactly(FILE, OTHER);
        assertThat(sectors(copy.file(FILE).bytes())).isEqualTo("2111");
    }

    private static ByteBuffer ones(int length) {
        return filled(length, 1);
    }

    private static ByteBuffer twos(int length) {
        return filled(length, 2);
    }

    private static ByteBuffer filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    /** One digit for each sector, all of whose bytes are the same. */
    private static String sectors(byte[] bytes) {
        StringBuilder digits = new StringBuilder();
        for (int from = 0; from < bytes.length; from += SECTOR) {
            byte[] sector = Arrays.copyOfRange(bytes, from, from + SECTOR);
            assertThat(sector).isEqualTo(filled(SECTOR, sector[0]).array());
            digits.append(sector[0]);
        }
        return digits.toString();
    }
}
