package io.omnipaxos.spring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.omnipaxos.spring.state.MapLimitException.Limit;
import io.omnipaxos.spring.state.MapResult.Outcome;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapLimitTests {

    private final MapStateMachine machine = new MapStateMachine();
    private final FakeLog log = new FakeLog(machine);
    private final ReplicatedMaps maps = TestMaps.on(log, machine, new MapLimits(8, 10, 3, 30));
    private final ReplicatedMap<String> map = maps.get("m");

    @Test
    void refusesAValueThatIsTooLargeBeforeItIsProposed() {
        map.put("a", "0123456789");

        refuses(
                Limit.VALUE_SIZE,
                "the value for key 'a' of map 'm' has 11 bytes; at most 10 are allowed, see omnipaxos.map.max-value-size",
                () -> map.put("a", "01234567890"));
        refuses(Limit.VALUE_SIZE, "12 bytes", () -> map.putIfAbsent("b", "äöüäöü"));
        refuses(Limit.VALUE_SIZE, "'a'", () -> map.replace("a", "0123456789", "01234567890"));
        assertThat(map.putAsync("a", "01234567890")).isCompletedExceptionally();
        assertThat(map.put("a", "1").index()).isEqualTo(2);
    }

    @Test
    void refusesAKeyThatIsTooLongBeforeItIsProposed() {
        map.put("12345678", "1");

        refuses(
                Limit.KEY_SIZE,
                "a key for map 'm' has 9 bytes; at most 8 are allowed, see omnipaxos.map.max-key-size",
                () -> map.put("123456789", "1"));
        refuses(Limit.KEY_SIZE, "10 bytes", () -> map.remove("äöüäö"));
        assertThat(map.put("a", "1").index()).isEqualTo(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> maps.get("123456789"))
                .withMessageContaining("at most 8 bytes");
    }

    @Test
    void refusesMoreEntriesThanAreAllowed() {
        map.put("a", "1");
        map.put("b", "2");
        map.put("c", "3");

        refuses(
                Limit.ENTRIES,
                "map 'm' has as many entries as it may, 3; remove some, or raise omnipaxos.map.max-entries",
                () -> map.put("d", "4"));
        refuses(Limit.ENTRIES, "map 'm'", () -> map.putIfAbsent("d", "4"));
        assertThat(map.putAsync("d", "4")
                        .handle((write, failure) -> failure.getCause())
                        .join())
                .isInstanceOf(MapLimitException.class);
        assertThat(map.keys()).containsExactly("a", "b", "c");
        assertThat(map.put("a", "5").applied()).isTrue();
        assertThat(map.putIfAbsent("b", "5").applied()).isFalse();
        assertThat(maps.get("other").put("d", "4").applied()).isTrue();

        map.remove("a");

        assertThat(map.put("d", "4").applied()).isTrue();
    }

    @Test
    void refusesMoreBytesThanAreAllowed() {
        map.put("a", "0123456789");
        map.put("b", "0123456789");

        refuses(
                Limit.MAP_SIZE,
                "the keys and values of map 'm' would have more than 30 bytes with key 'c'",
                () -> map.put("c", "01234567"));
        map.put("c", "0123456");
        refuses(Limit.MAP_SIZE, "omnipaxos.map.max-size", () -> map.replace("c", "0123456", "01234567"));
        assertThat(map.get("c")).contains("0123456");
        assertThat(map.put("c", "1234567").applied()).isTrue();

        map.remove("a");

        assertThat(map.put("c", "01234567").applied()).isTrue();
    }

    @Test
    void letsAMapShrinkThatIsOverTheLimits() {
        ReplicatedMap<String> narrow =
                TestMaps.on(log, machine, new MapLimits(8, 10, 2, 12)).get("m");
        map.put("a", "12345");
        map.put("b", "12345");
        map.put("c", "12345");

        assertThat(narrow.put("a", "54321").applied()).isTrue();
        assertThat(narrow.put("b", "5432").applied()).isTrue();
        refuses(Limit.MAP_SIZE, "12 bytes", () -> narrow.put("b", "54321"));
        refuses(Limit.ENTRIES, "2", () -> narrow.put("d", ""));
        assertThat(narrow.remove("c").applied()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"30, 3", "12, 3", "30, 1"})
    void isDecidedByWhatTheCommandSays(long maxBytes, int maxEntries) {
        MapStateMachine other = new MapStateMachine();
        MapLimits limits = new MapLimits(8, 10, maxEntries, maxBytes);
        Random random = new Random(7);

        for (long index = 1; index <= 500; index++) {
            byte[] value = new byte[random.nextInt(11)];
            String key = "k" + random.nextInt(5);
            MapCommand command = random.nextInt(3) == 0
                    ? MapCommand.remove("m", key, null)
                    : MapCommand.write("m", MapOperation.PUT, key, null, value, limits);
            assertThat(other.apply(index, FakeLog.command(command)))
                    .isEqualTo(machine.apply(index, FakeLog.command(command)));
            assertThat(machine.read("m").entries()).hasSizeLessThanOrEqualTo(maxEntries);
            assertThat(bytes(machine)).isLessThanOrEqualTo(maxBytes);
        }
    }

    @Test
    void countsTheSameAfterASnapshot() throws Exception {
        map.put("a", "0123456789");
        map.put("b", "0123456789");
        MapStateMachine other = MapSnapshotTests.copy(machine);

        MapCommand tooMuch =
                MapCommand.write("m", MapOperation.PUT, "c", null, new byte[8], new MapLimits(8, 10, 3, 30));
        MapCommand enough =
                MapCommand.write("m", MapOperation.PUT, "c", null, new byte[7], new MapLimits(8, 10, 3, 30));

        assertThat(MapCodec.result(other.apply(3, FakeLog.command(tooMuch))).outcome())
                .isEqualTo(Outcome.TOO_MANY_BYTES);
        assertThat(MapCodec.result(other.apply(4, FakeLog.command(enough))).outcome())
                .isEqualTo(Outcome.APPLIED);
    }

    private static void refuses(Limit limit, String words, ThrowingCallable write) {
        assertThatExceptionOfType(MapLimitException.class)
                .isThrownBy(write)
                .withMessageContaining(words)
                .satisfies(failure -> assertThat(failure.limit()).isEqualTo(limit));
    }

    private static long bytes(MapStateMachine counted) {
        return counted.read("m").entries().entrySet().stream()
                .mapToLong(entry -> entry.getKey().length() + entry.getValue().length)
                .sum();
    }
}
