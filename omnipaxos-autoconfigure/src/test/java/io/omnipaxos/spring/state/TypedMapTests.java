package io.omnipaxos.spring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;

class TypedMapTests {

    private final MapStateMachine machine = new MapStateMachine();
    private final ReplicatedMaps maps = TestMaps.of(machine);
    private final ReplicatedMap<Payment> payments = maps.get("payments", Payment.class);

    record Payment(long number, String to, Instant at) {}

    private static final Payment FIRST = new Payment(1, "Zoë", Instant.parse("2026-01-02T03:04:05Z"));
    private static final Payment SECOND = new Payment(2, "Max", Instant.EPOCH);

    @Test
    void keepsValuesOfAType() {
        assertThat(payments.put("a", FIRST)).isEqualTo(new MapWrite<>(1, null, true));
        assertThat(payments.put("a", SECOND).previous()).isEqualTo(FIRST);
        assertThat(payments.get("a")).contains(SECOND);
        assertThat(payments.entries().values()).containsExactly(Map.entry("a", SECOND));
    }

    @Test
    void writesThemAsJson() {
        payments.put("a", FIRST);

        assertThat(maps.get("payments").get("a"))
                .contains("{\"number\":1,\"to\":\"Zoë\",\"at\":\"2026-01-02T03:04:05Z\"}");
    }

    @Test
    void writesTextAsItIs() {
        maps.get("texts", String.class).put("a", "plain");

        assertThat(maps.get("texts").get("a")).contains("plain");
    }

    @Test
    void keepsValuesOfAGenericType() {
        ReplicatedMap<List<Payment>> lists = maps.get("lists", new ParameterizedTypeReference<>() {});

        lists.put("a", List.of(FIRST, SECOND));

        assertThat(lists.get("a")).contains(List.of(FIRST, SECOND));
    }

    @Test
    void keepsValuesAsTheApplicationWritesThem() {
        ReplicatedMap<Long> numbers = maps.get("numbers", new Hexadecimal());

        numbers.put("a", 255L);

        assertThat(maps.get("numbers").get("a")).contains("ff");
        assertThat(numbers.get("a")).contains(255L);
    }

    @Test
    void comparesByEqualsWhereTheFormDiffers() {
        maps.get("payments").put("a", "{\"at\":\"1970-01-01T00:00:00Z\", \"to\":\"Max\", \"number\":2, \"later\":{}}");

        assertThat(payments.replace("a", SECOND, FIRST).applied()).isTrue();
        assertThat(payments.get("a")).contains(FIRST);
    }

    @Test
    void comparesByTheFormWhereEqualsIsNotDefined() {
        ReplicatedMap<int[]> arrays = maps.get("arrays", int[].class);
        arrays.put("a", new int[] {1, 2});

        assertThat(arrays.replace("a", new int[] {2, 1}, new int[] {3}).applied())
                .isFalse();
        assertThat(arrays.replace("a", new int[] {1, 2}, new int[] {3}).applied())
                .isTrue();
    }

    @Test
    void comparesSetsWhateverTheirOrder() {
        ReplicatedMap<Set<String>> sets = maps.get("sets", new ParameterizedTypeReference<>() {});
        maps.get("sets").put("a", "[\"x\",\"y\"]");
        maps.get("sets").put("b", "[\"y\",\"x\"]");

        assertThat(sets.remove("a", Set.of("x", "y")).applied()).isTrue();
        assertThat(sets.remove("b", Set.of("x", "y")).applied()).isTrue();
    }

    @Test
    void saysWhichValueCannotBeWritten() {
        ReplicatedMap<Object> objects = maps.get("objects", Object.class);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> objects.put("a", new Unwritable()))
                .withMessageContaining("the value for key 'a' of map 'objects' cannot be written");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> maps.get("texts").put("a", "\ud800"))
                .withMessageContaining("half of a surrogate pair");
        assertThat(objects.put("a", List.of()).index()).isEqualTo(1);
    }

    static class Unwritable {
        public String getText() {
            throw new IllegalStateException("not to be read");
        }
    }

    private static final class Hexadecimal implements ValueCodec<Long> {

        @Override
        public byte[] encode(Long value) {
            return Utf8.encode(Long.toHexString(value));
        }

        @Override
        public Long decode(byte[] bytes) {
            return Long.parseLong(Utf8.decode(bytes), 16);
        }
    }
}
