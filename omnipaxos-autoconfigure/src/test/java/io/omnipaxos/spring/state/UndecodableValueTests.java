package io.omnipaxos.spring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A release finds what it cannot read. */
class UndecodableValueTests {

    private final MapStateMachine machine = new MapStateMachine();
    private final ReplicatedMaps maps = TestMaps.of(machine);
    private final ReplicatedMap<String> raw = maps.get("numbers");
    private final ReplicatedMap<Long> numbers = maps.get("numbers", Long.class);

    @BeforeEach
    void writtenByAnotherRelease() {
        raw.put("bad", "{\"value\":7}");
        raw.put("none", "null");
        raw.put("good", "7");
    }

    @Test
    void isReportedWithMapKeyAndWhatToDo() {
        assertThatExceptionOfType(UndecodableValueException.class)
                .isThrownBy(() -> numbers.get("bad"))
                .withMessageStartingWith("the value of key 'bad' in map 'numbers' cannot be read: ")
                .withMessageEndingWith("write it anew or remove it")
                .satisfies(failure -> {
                    assertThat(failure.map()).isEqualTo("numbers");
                    assertThat(failure.key()).isEqualTo("bad");
                    assertThat(failure.getMessage()).hasLineCount(1);
                });
        undecodable(() -> numbers.get("none"));
        assertThat(numbers.getAsync("bad").handle((value, failure) -> failure).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(UndecodableValueException.class);
    }

    @Test
    void leavesTheOtherKeysAlone() {
        assertThat(numbers.get("good")).contains(7L);
        assertThat(numbers.keys()).containsExactly("bad", "good", "none");

        MapEntries<Long> entries = numbers.entries();

        assertThat(entries.values()).containsOnlyKeys("good").containsEntry("good", 7L);
        assertThat(entries.undecodable()).containsOnlyKeys("bad", "none");
        assertThat(entries.keys()).containsExactly("bad", "good", "none");
    }

    @Test
    void isWrittenOverAndSaysSoOnlyToWhoAsks() {
        MapWrite<Long> write = numbers.put("bad", 8L);

        assertThat(write.applied()).isTrue();
        undecodable(write::previous);
        assertThat(numbers.get("bad")).contains(8L);
    }

    @Test
    void isRemoved() {
        MapWrite<Long> write = numbers.remove("bad");

        assertThat(write.applied()).isTrue();
        undecodable(write::previous);
        assertThat(raw.get("bad")).isEmpty();
    }

    @Test
    void isThereForThoseWhoWriteOnlyWhereNothingIs() {
        MapWrite<Long> write = numbers.putIfAbsent("bad", 8L);

        assertThat(write.applied()).isFalse();
        undecodable(write::previous);
    }

    @Test
    void isNotWhatIsExpected() {
        assertThat(numbers.replace("bad", 7L, 8L).applied()).isFalse();
        assertThat(numbers.remove("bad", 7L).applied()).isFalse();
    }

    @Test
    void staysAndTravelsInSnapshots() throws Exception {
        undecodable(() -> numbers.get("bad"));

        MapStateMachine other = MapSnapshotTests.copy(machine);

        assertThat(raw.get("bad")).contains("{\"value\":7}");
        assertThat(other.read("numbers", "bad")).contains(Utf8.encode("{\"value\":7}"));
    }

    private static void undecodable(ThrowingCallable reading) {
        assertThatExceptionOfType(UndecodableValueException.class).isThrownBy(reading);
    }
}
