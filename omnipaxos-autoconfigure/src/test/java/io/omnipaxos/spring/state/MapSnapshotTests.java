package io.omnipaxos.spring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.omnipaxos.log.Command;
import io.omnipaxos.statemachine.StateMachine.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MapSnapshotTests {

    private final MapStateMachine machine = new MapStateMachine();
    private long index;

    @Test
    void bringsAllMapsToAnotherNode() throws IOException {
        put("payments", "zoë", "1");
        put("payments", "max", "");
        put("store", "k", "v");

        MapStateMachine other = copy(machine);

        assertThat(other.read("payments").index()).isEqualTo(3);
        assertThat(other.read("payments").entries()).containsOnlyKeys("max", "zoë");
        assertThat(other.read("payments", "zoë")).contains(Utf8.encode("1"));
        assertThat(other.read("payments", "max")).contains(new byte[0]);
        assertThat(other.read("store", "k")).contains(Utf8.encode("v"));
        assertThat(other.apply(4, putting("store", "k", "w"))).isEqualTo(machine.apply(4, putting("store", "k", "w")));
        assertThat(bytes(other)).isEqualTo(bytes(machine));
    }

    @Test
    void isTheSameHoweverTheStateCameAbout() throws IOException {
        put("b", "2", "x");
        put("a", "1", "x");
        put("a", "0", "x");
        remove("b", "2");
        MapStateMachine other = new MapStateMachine();
        other.apply(1, putting("a", "0", "x"));
        other.apply(4, putting("a", "1", "x"));

        assertThat(bytes(other)).isEqualTo(bytes(machine));
    }

    @Test
    void isWrittenAsThisVersionSays() throws IOException {
        put("m", "k", "v");

        assertThat(bytes(machine))
                .isEqualTo(ByteBuffer.allocate(39)
                        .putInt(0x4f504d53)
                        .putInt(1)
                        .putLong(1)
                        .putInt(1)
                        .put(new byte[] {0, 0, 0, 1, 'm'})
                        .putInt(1)
                        .put(new byte[] {0, 0, 0, 1, 'k', 0, 0, 0, 1, 'v'})
                        .array());
    }

    @Test
    void staysAsItWasWhileCommandsAreApplied() throws IOException {
        put("m", "k", "v");
        byte[] before = bytes(machine);
        Snapshot snapshot = machine.snapshot();
        put("m", "k", "w");
        put("m", "l", "w");
        put("n", "l", "w");
        remove("m", "k");

        ByteArrayOutputStream written = new ByteArrayOutputStream();
        snapshot.writeTo(written);

        assertThat(written.toByteArray()).isEqualTo(before);
    }

    @Test
    void replacesEverything() throws IOException {
        put("m", "k", "v");
        byte[] snapshot = bytes(machine);
        put("m", "l", "v");
        put("n", "k", "v");

        machine.restore(new ByteArrayInputStream(snapshot));

        assertThat(bytes(machine)).isEqualTo(snapshot);
        assertThat(machine.read("n").entries()).isEmpty();
    }

    @Test
    void ofNothingIsEmptyMaps() throws IOException {
        put("m", "k", "v");

        machine.restore(InputStream.nullInputStream());

        assertThat(machine.read("m")).isEqualTo(new MapStateMachine().read("m"));
    }

    @Test
    void refusesAnotherVersion() {
        put("m", "k", "v");

        assertThatIOException()
                .isThrownBy(() -> restore(ByteBuffer.wrap(bytes(machine)).putInt(4, 2)))
                .withMessage("the snapshot of the maps has version 2, but this release reads version 1; "
                        + "start the release that wrote it, or a later one");
        assertThat(machine.read("m", "k")).isPresent();
    }

    @Test
    void refusesWhatIsNoSnapshotOfMaps() {
        assertThatIOException()
                .isThrownBy(() -> restore(ByteBuffer.wrap(bytes(machine)).putInt(0, 1)))
                .withMessageContaining("no snapshot of maps");
    }

    @Test
    void refusesWhatIsDamaged() throws IOException {
        put("m", "k", "v");
        byte[] whole = bytes(machine);

        for (int length = 1; length < whole.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(whole, length));
            assertThatIOException().isThrownBy(() -> restore(cut)).withMessageContaining("cut off");
        }
        assertThatIOException()
                .isThrownBy(() -> restore(ByteBuffer.wrap(Arrays.copyOf(whole, whole.length + 1))))
                .withMessageContaining("goes on after its end");
        assertThatIOException()
                .isThrownBy(() -> restore(ByteBuffer.wrap(whole.clone()).putInt(16, -1)))
                .withMessageContaining("damaged");
        assertThatIOException()
                .isThrownBy(() -> restore(ByteBuffer.wrap(whole.clone()).put(24, (byte) 0xff)))
                .withMessageContaining("no text in UTF-8");
        assertThat(bytes(machine)).isEqualTo(whole);
    }

    private void restore(ByteBuffer written) throws IOException {
        machine.restore(new ByteArrayInputStream(written.array()));
    }

    static byte[] bytes(MapStateMachine written) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        written.snapshot().writeTo(bytes);
        return bytes.toByteArray();
    }

    static MapStateMachine copy(MapStateMachine copied) throws IOException {
        MapStateMachine copy = new MapStateMachine();
        copy.restore(new ByteArrayInputStream(bytes(copied)));
        return copy;
    }

    private void put(String map, String key, String value) {
        machine.apply(++index, putting(map, key, value));
    }

    private void remove(String map, String key) {
        machine.apply(++index, FakeLog.command(MapCommand.remove(map, key, null)));
    }

    private static Command putting(String map, String key, String value) {
        return FakeLog.command(MapCommand.write(map, MapOperation.PUT, key, null, Utf8.encode(value), TestMaps.LIMITS));
    }
}
