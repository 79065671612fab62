package io.omnipaxos.spring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.cbor.CBORMapper;

class MapStateMachineTests {

    private static final CBORMapper MAPPER = CBORMapper.shared();

    private final MapStateMachine machine = new MapStateMachine();

    @Test
    void passesOverCommandsOfOtherKinds() {
        byte[] other = MAPPER.writeValueAsBytes(Map.of("kind", "queue", "value", 1));

        assertThat(machine.apply(1, FakeLog.command(other))).isEmpty();
        assertThat(machine.malformed()).isZero();
    }

    @Test
    void passesOverValuesThatAreNoCommands() {
        assertThat(machine.apply(1, FakeLog.command(MAPPER.writeValueAsBytes(List.of(1, 2)))))
                .isEmpty();
        assertThat(machine.malformed()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'map':'m','operation':'SHUFFLE','key':'k','value':'v'}",
                "{'map':'m','operation':'PUT','key':'k'}",
                "{'map':'m','operation':'REMOVE','key':'k','value':'v'}",
                "{'map':'m','operation':'REPLACE','key':'k','value':'v'}",
                "{'map':'m','operation':'PUT','key':'k','expected':'v','value':'v'}",
                "{'operation':'PUT','key':'k','value':'v'}",
                "{'map':'m','operation':'PUT','value':'v'}",
                "{'map':'m','operation':'PUT','key':{},'value':'v'}",
                "{}"
            })
    void reportsMalformedCommandsAndGoesOn(String json) {
        ObjectNode command = (ObjectNode) JsonMapper.shared().readTree(json.replace('\'', '"'));
        command.put("kind", "map");

        assertThat(machine.apply(1, FakeLog.command(MAPPER.writeValueAsBytes(command))))
                .isEmpty();
        assertThat(machine.malformed()).isOne();
        put(2, "k", "v");
        assertThat(value("k")).isEqualTo("v");
    }

    @Test
    void reportsBytesThatAreNoCborAndGoesOn() {
        byte[] text = "\u007f no CBOR".getBytes(StandardCharsets.UTF_8);

        assertThat(machine.apply(1, FakeLog.command(text))).isEmpty();
        assertThat(machine.malformed()).isOne();
    }

    @Test
    void ignoresFieldsOfALaterVersion() {
        byte[] command = MAPPER.writeValueAsBytes(
                Map.of("kind", "map", "map", "m", "operation", "PUT", "key", "k", "value", "v", "expires", 5));

        machine.apply(1, FakeLog.command(command));

        assertThat(value("k")).isEqualTo("v");
    }

    @Test
    void beginsAnewWhenItIsReset() {
        apply(2, command(MapOperation.PUT, "old", null, "1"));
        apply(3, command(MapOperation.PUT_IF_ABSENT, "k", null, "1"));

        machine.reset();
        apply(1, command(MapOperation.PUT_IF_ABSENT, "k", null, "2"));

        assertThat(value("k")).isEqualTo("2");
        assertThat(value("old")).isNull();
    }

    @Test
    void refusesALogThatIsHandedOverAgainUnasked() {
        put(2, "k", "v");

        assertThatIllegalStateException().isThrownBy(() -> put(2, "k", "w")).withMessageContaining("must be reset");
        assertThat(value("k")).isEqualTo("v");
    }

    @Test
    void understandsTheTextOfOlderLogs() {
        byte[] put = MAPPER.writeValueAsBytes(
                Map.of("kind", "map", "map", "m", "operation", "PUT", "key", "k", "value", "gr\u00fcn"));
        byte[] replace = MAPPER.writeValueAsBytes(Map.of(
                "kind",
                "map",
                "map",
                "m",
                "operation",
                "REPLACE",
                "key",
                "k",
                "expected",
                "gr\u00fcn",
                "value",
                "rot"));

        machine.apply(1, FakeLog.command(put));
        assertThat(value("k")).isEqualTo("gr\u00fcn");
        machine.apply(2, FakeLog.command(replace));

        assertThat(value("k")).isEqualTo("rot");
        assertThat(machine.malformed()).isZero();
    }

    @Test
    void givesTheSameAnswersOnEveryNode() {
        Random random = new Random(42);
        List<MapCommand> commands = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            commands.add(random(random));
        }
        MapStateMachine other = new MapStateMachine();

        for (int i = 0; i < commands.size(); i++) {
            byte[] payload = MapCodec.encode(commands.get(i));
            assertThat(other.apply(i + 1, FakeLog.command(payload)))
                    .isEqualTo(machine.apply(i + 1, FakeLog.command(payload)));
        }
    }

    private static MapCommand random(Random random) {
        MapOperation operation = MapOperation.values()[random.nextInt(MapOperation.values().length)];
        boolean expects =
                operation == MapOperation.REPLACE || (operation == MapOperation.REMOVE && random.nextBoolean());
        String value = operation == MapOperation.REMOVE ? null : "v" + random.nextInt(3);
        return command(operation, "k" + random.nextInt(3), expects ? "v" + random.nextInt(3) : null, value);
    }

    private void put(long index, String key, String value) {
        apply(index, command(MapOperation.PUT, key, null, value));
    }

    private void apply(long index, MapCommand command) {
        machine.apply(index, FakeLog.command(command));
    }

    private @Nullable String value(String key) {
        return machine.read("m", key).map(Utf8::decode).orElse(null);
    }

    private static MapCommand command(
            MapOperation operation, String key, @Nullable String expected, @Nullable String value) {
        byte[] expectedBytes = expected == null ? null : Utf8.encode(expected);
        return value == null
                ? MapCommand.remove("m", key, expectedBytes)
                : MapCommand.write("m", operation, key, expectedBytes, Utf8.encode(value), TestMaps.LIMITS);
    }
}
