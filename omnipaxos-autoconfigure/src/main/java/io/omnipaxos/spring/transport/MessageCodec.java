package io.omnipaxos.spring.transport;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * Batches of messages as CBOR.
 *
 * <p>Each message is a byte string of its own inside the batch. So a message of a kind that this version does not know
 * costs only itself, not the messages beside it, while a rolling upgrade runs. For the same reason unknown properties
 * are skipped and a missing number is 0; a missing or null object is refused, but for the one that may be null.
 *
 * <p>The mapper is built here and is never the application's, whose configuration must not change what nodes say to
 * each other. Safe for use by any thread.
 */
final class MessageCodec {

    static final String CONTENT_TYPE = "application/cbor";

    private static final int MAX_NESTING = 16;

    /** The address of a node is the longest. */
    private static final int MAX_TEXT = 1024;

    private final ObjectReader batchReader;
    private final ObjectWriter batchWriter;
    private final ObjectReader messageReader;
    private final ObjectWriter messageWriter;
    private final LongAdder unknown = new LongAdder();

    /**
     * Makes a codec.
     *
     * @param maxBytes the largest body that is decoded, in bytes
     */
    MessageCodec(int maxBytes) {
        CBORMapper mapper = mapper(maxBytes);
        batchReader = mapper.readerFor(WireBatch.class);
        batchWriter = mapper.writerFor(WireBatch.class);
        messageReader = mapper.readerFor(Message.class);
        messageWriter = mapper.writerFor(Message.class);
    }

    byte[] encode(Batch batch) {
        List<WireMessage> messages = new ArrayList<>(batch.envelopes().size());
        for (Envelope envelope : batch.envelopes()) {
            messages.add(
                    new WireMessage(envelope.configurationId(), messageWriter.writeValueAsBytes(envelope.message())));
        }
        return batchWriter.writeValueAsBytes(
                new WireBatch(batch.clusterId(), batch.from(), batch.to(), batch.boot(), messages));
    }

    /**
     * Reads a batch. Messages of unknown kinds are left out and counted.
     *
     * @throws MalformedBodyException whatever is wrong with the body
     */
    Batch decode(byte[] body) throws MalformedBodyException {
        WireBatch wire = read(batchReader, WireBatch.class, body, "the body is not a batch of messages");
        List<Envelope> envelopes = new ArrayList<>(wire.messages().size());
        for (WireMessage wireMessage : wire.messages()) {
            Message message = decodeMessage(wireMessage.body());
            if (message != null) {
                envelopes.add(
                        new Envelope(wire.cluster(), wireMessage.configuration(), wire.from(), wire.to(), message));
            }
        }
        return new Batch(wire.cluster(), wire.from(), wire.to(), wire.boot(), envelopes);
    }

    /** How many messages of unknown kinds were left out so far. */
    long unknownMessages() {
        return unknown.sum();
    }

    private @Nullable Message decodeMessage(byte[] body) throws MalformedBodyException {
        try {
            Message message = messageReader.readValue(body);
            if (message == null) {
                throw new MalformedBodyException("a message is null");
            }
            return message;
        } catch (InvalidTypeIdException newerThanThisVersion) {
            unknown.increment();
            return null;
        } catch (RuntimeException malformed) {
            throw malformed("a message cannot be read", malformed);
        }
    }

    /**
     * Reads one value.
     *
     * @param reader of values of that type
     * @param what is said of a body that is not one
     */
    static <T> T read(ObjectReader reader, Class<T> type, byte[] body, String what) throws MalformedBodyException {
        T value;
        try {
            value = type.cast(reader.readValue(body));
        } catch (RuntimeException malformed) {
            throw malformed(what, malformed);
        }
        if (value == null) {
            throw new MalformedBodyException("the body is empty");
        }
        return value;
    }

    /** Says where, and nothing that came from the body: the reason goes back to whoever sent it. */
    private static MalformedBodyException malformed(String what, RuntimeException cause) {
        if (cause instanceof JacksonException jackson && jackson.getLocation() != null) {
            return new MalformedBodyException(
                    what + ", at byte " + jackson.getLocation().getByteOffset());
        }
        return new MalformedBodyException(what);
    }

    static CBORMapper mapper(int maxBytes) {
        CBORFactory factory = CBORFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxDocumentLength(maxBytes)
                        .maxNestingDepth(MAX_NESTING)
                        .maxStringLength(MAX_TEXT)
                        .maxNameLength(MAX_TEXT)
                        .build())
                .build();
        CBORMapper.Builder builder = CBORMapper.builder(factory)
                // Ballot.isNone() and the like are questions, not properties.
                .enable(MapperFeature.INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .changeDefaultNullHandling(
                        nulls -> nulls.withValueNulls(Nulls.FAIL).withContentNulls(Nulls.FAIL))
                .addMixIn(Message.class, Named.class)
                .addMixIn(LogEntry.class, Named.class)
                .addMixIn(Fetch.class, WithoutStorage.class);
        for (Class<?> primitive : List.of(long.class, int.class, boolean.class)) {
            builder.withConfigOverride(
                    primitive, override -> override.setNullHandling(JsonSetter.Value.forValueNulls(Nulls.SET)));
        }
        kindsOf(Message.class).forEach(kind -> builder.registerSubtypes(new NamedType(kind, wireName(kind))));
        kindsOf(LogEntry.class).forEach(kind -> builder.registerSubtypes(new NamedType(kind, wireName(kind))));
        return builder.build();
    }

    /** All records of a sealed hierarchy, so that a new one cannot be forgotten here. */
    static List<Class<?>> kindsOf(Class<?> sealed) {
        if (!sealed.isSealed()) {
            return List.of(sealed);
        }
        List<Class<?>> kinds = new ArrayList<>();
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            kinds.addAll(kindsOf(permitted));
        }
        return kinds;
    }

    /** The name of a kind on the wire. Renaming a record breaks a rolling upgrade; a test holds the names fast. */
    static String wireName(Class<?> kind) {
        String name = kind.getSimpleName();
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    interface Named {}

    interface WithoutStorage {
        @JsonSetter(nulls = Nulls.SET)
        @Nullable
        UUID storage();
    }

    record WireBatch(String cluster, long from, long to, String boot, List<WireMessage> messages) {}

    record WireMessage(long configuration, byte[] body) {}
}
