package io.omnipaxos.spring.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
        assertThat(machine.read("m", "k")).contains("v");
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

        assertThat(machine.read("m", "k")).contains("v");
    }

    @Test
    void beginsAnewWhenTheLogIsHandedOverAgain() {
        apply(1, new MapCommand("m", MapOperation.REPLACE, "k", "1", "2"));
        apply(2, new MapCommand("m", MapOperation.PUT_IF_ABSENT, "k", null, "1"));
        assertThat(machine.read("m", "k")).contains("1");

        apply(1, new MapCommand("m", MapOperation.REPLACE, "k", "1", "2"));
        apply(2, new MapCommand("m", MapOperation.PUT_IF_ABSENT, "k", null, "1"));

        assertThat(machine.read("m", "k")).contains("1");
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
        String key = "k" + random.nextInt(3);
        String value = operation == MapOperation.REMOVE ? null : "v" + random.nextInt(3);
        String expected = operation == MapOperation.REPLACE ? "v" + random.nextInt(3) : null;
        return new MapCommand("m", operation, key, expected, value);
    }

    private void put(long index, String key, String value) {
        apply(index, new MapCommand("m", MapOperation.PUT, key, null, value));
    }

    private void apply(long index, MapCommand command) {
        machine.apply(index, FakeLog.command(MapCodec.encode(command)));
    }
}
