package io.omnipaxos.spring.state;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
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
        String kind = tree == null ? "" : tree.path("kind").asString("");
        return kind.equals(MapCommand.KIND)
                ? Optional.of(MAPPER.treeToValue(tree, MapCommand.class))
                : Optional.empty();
    }

    static MapResult result(byte[] bytes) {
        return MAPPER.readValue(bytes, MapResult.class);
    }
}
