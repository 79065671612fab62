package io.omnipaxos.spring.state;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * Map commands and results as CBOR. The mapper is one of its own: what lies in the log must not change with the
 * application's settings.
 */
final class MapCodec {

    private static final CBORMapper MAPPER = CBORMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private MapCodec() {}

    static byte[] encode(MapCommand command) {
        return MAPPER.writeValueAsBytes(command);
    }

    static byte[] encode(MapResult result) {
        return MAPPER.writeValueAsBytes(result);
    }

    /**
     * Reads a command of the log.
     *
     * @return empty if it is not for a map
     * @throws JacksonException if it cannot be understood
     */
    static Optional<MapCommand> command(byte[] payload) {
        JsonNode tree = MAPPER.readTree(payload);
        return tree instanceof ObjectNode object
                        && object.path("kind").asString("").equals(MapCommand.KIND)
                ? Optional.of(MAPPER.treeToValue(withBytes(object), MapCommand.class))
                : Optional.empty();
    }

    /** In older logs values are text. */
    private static ObjectNode withBytes(ObjectNode command) {
        for (String field : List.of("expected", "value")) {
            if (command.path(field).isString()) {
                command.put(field, command.path(field).asString().getBytes(StandardCharsets.UTF_8));
            }
        }
        return command;
    }

    static MapResult result(byte[] bytes) {
        return MAPPER.readValue(bytes, MapResult.class);
    }
}
