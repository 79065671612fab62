package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.message.LearningMessage.Decided;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.LearningMessage.SnapshotPiece;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.Decide;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.cbor.CBORMapper;

class MessageCodecTest {

    private static final int MAX_BYTES = 1_000_000;

    private final MessageCodec codec = new MessageCodec(MAX_BYTES);
    private final CBORMapper plain = new CBORMapper();

    @Test
    void everyMessageComesBackAsItWas() throws Exception {
        for (long seed = 1; seed <= 200; seed++) {
            RandomMessages random = new RandomMessages(seed);
            for (Class<?> kind : MessageCodec.kindsOf(Message.class)) {
                Batch batch = batchOf(random.message(kind));

                assertThat(codec.decode(codec.encode(batch)))
                        .as("seed %d, %s", seed, kind)
                        .isEqualTo(batch);
            }
        }
    }

    @Test
    void noMessageTakesMoreBytesThanEstimated() {
        for (long seed = 1; seed <= 200; seed++) {
            RandomMessages random = new RandomMessages(seed);
            for (Class<?> kind : MessageCodec.kindsOf(Message.class)) {
                Message message = random.message(kind);

                assertThat(codec.encode(batchOf(message)).length)
                        .as("seed %d, %s", seed, message)
                        .isLessThanOrEqualTo((int) (MessageSize.BATCH + MessageSize.of(message)));
            }
        }
    }

    @Test
    void anEntryTakesNoMoreThanItCountsFor() {
        Ballot largest = new Ballot(Long.MAX_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE);
        ProposalId id = new ProposalId(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
        for (LogEntry entry : List.of(
                new LeadershipEntry(largest),
                new Command(id, Long.MAX_VALUE, Long.MAX_VALUE, new byte[300]),
                new StopSign(largestConfiguration(), Long.MAX_VALUE))) {
            int one = codec.encode(batchOf(acceptOf(largest, entry, 1))).length;
            int thousand = codec.encode(batchOf(acceptOf(largest, entry, 1001))).length;

            assertThat(thousand - one).isBetween(500 * entry.size(), 1000 * entry.size() + 8);
        }
    }

    private static ClusterConfiguration largestConfiguration() {
        List<Long> nodes = List.of(Long.MAX_VALUE - 2, Long.MAX_VALUE - 1, Long.MAX_VALUE);
        SortedMap<Long, String> addresses = new TreeMap<>();
        SortedMap<Long, UUID> storages = new TreeMap<>();
        for (long node : nodes) {
            addresses.put(node, "http://" + "ä".repeat(100));
            storages.put(node, new UUID(Long.MAX_VALUE, Long.MIN_VALUE));
        }
        return new ClusterConfiguration(Long.MAX_VALUE, nodes, Quorums.majority(3), addresses, storages);
    }

    private static Message acceptOf(Ballot ballot, LogEntry entry, int times) {
        return new AcceptDecide(ballot, Long.MAX_VALUE, Collections.nCopies(times, entry), Long.MAX_VALUE);
    }

    @Test
    void severalMessagesKeepTheirOrderAndConfigurations() throws Exception {
        RandomMessages random = new RandomMessages(7);
        List<Envelope> envelopes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            envelopes.add(random.envelope(2, 3));
        }
        Batch batch = new Batch("omnipaxos", 2, 3, "boot", envelopes);

        assertThat(codec.decode(codec.encode(batch))).isEqualTo(batch);
    }

    /** A changed name breaks every cluster that is upgraded node by node: change it here only on purpose. */
    @Test
    void theNamesOnTheWireAreFixed() {
        assertThat(MessageCodec.kindsOf(Message.class).stream().map(MessageCodec::wireName))
                .containsExactlyInAnyOrder(
                        "heartbeatRequest",
                        "heartbeatReply",
                        "leaderHeartbeat",
                        "heartbeatAnswer",
                        "released",
                        "prepareRequest",
                        "prepare",
                        "promise",
                        "acceptSync",
                        "acceptDecide",
                        "decide",
                        "accepted",
                        "notAccepted",
                        "forwardedAppend",
                        "appendRefused",
                        "readIndexRequest",
                        "readIndexAnswer",
                        "introduction",
                        "introductionAnswer",
                        "ahead",
                        "fetch",
                        "decided",
                        "snapshotPiece");
        assertThat(MessageCodec.kindsOf(LogEntry.class).stream().map(MessageCodec::wireName))
                .containsExactlyInAnyOrder("command", "leadershipEntry", "stopSign");
    }

    /** So are the names within what is learned. */
    @Test
    void whatIsLearnedIsSentUnderTheseNames() throws Exception {
        UUID storage = UUID.fromString("00000000-0000-0001-0000-000000000002");
        SortedMap<Long, String> addresses = new TreeMap<>(Map.of(3L, "http://three:8080"));
        ClusterConfiguration next = new ClusterConfiguration(7, List.of(1L, 3L), new Quorums(2, 2, 2), addresses);
        SnapshotInfo snapshot = new SnapshotInfo(40, next, 1_000, -5);
        Map<String, Object> configuration = Map.of(
                "id", 7,
                "nodes", List.of(1, 3),
                "quorums", Map.of("nodes", 2, "read", 2, "write", 2),
                "addresses", Map.of("3", "http://three:8080"),
                "storages", Map.of());

        assertWire(
                new Fetch(41, 40, 12, storage),
                Map.of("type", "fetch", "nextIndex", 41, "snapshotIndex", 40, "snapshotOffset", 12),
                Map.of("storage", new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2}));
        assertWire(
                new SnapshotPiece(snapshot, 12, new byte[] {9}, Ballot.NONE),
                Map.of(
                        "type",
                        "snapshotPiece",
                        "snapshot",
                        Map.of("index", 40, "configuration", configuration, "length", 1_000, "checksum", -5),
                        "offset",
                        12,
                        "leader",
                        Map.of("configurationId", 0, "n", 0, "priority", 0, "pid", 0)),
                Map.of("bytes", new byte[] {9}));
        assertWire(
                new Decided(41, List.of(new StopSign(next, 3)), 41, Ballot.NONE),
                Map.of(
                        "type",
                        "decided",
                        "firstIndex",
                        41,
                        "entries",
                        List.of(Map.of("type", "stopSign", "next", configuration, "firstLeader", 3)),
                        "decidedIndex",
                        41,
                        "leader",
                        Map.of("configurationId", 0, "n", 0, "priority", 0, "pid", 0)),
                Map.of());
        assertWire(new Ahead(5), Map.of("type", "ahead", "decidedIndex", 5), Map.of());
    }

    private void assertWire(Message message, Map<String, Object> values, Map<String, byte[]> binaries) {
        Map<String, Object> wire = new LinkedHashMap<>(
                readMap(messagesOf(codec.encode(batchOf(message))).get(0)));
        binaries.forEach((name, bytes) -> assertThat(wire.remove(name)).isEqualTo(bytes));
        assertThat(wire).isEqualTo(values);
    }

    @Test
    void aFetchMayComeWithoutAStorage() throws Exception {
        byte[] body = batch(List.of(Map.of("type", "fetch", "nextIndex", 1)));

        assertThat(codec.decode(body).envelopes())
                .extracting(Envelope::message)
                .containsExactly(new Fetch(1, 0, 0, null));
    }

    /** That is how large the pieces are that a node sends. */
    @Test
    void aPieceOfHalfAMessageTravelsWithTheLargestConfiguration() throws Exception {
        SortedMap<Long, String> addresses = new TreeMap<>();
        for (long pid = Long.MAX_VALUE; pid > Long.MAX_VALUE - 15; pid--) {
            addresses.put(pid, "http://" + "h".repeat(193));
        }
        ClusterConfiguration configuration = new ClusterConfiguration(
                1, List.copyOf(addresses.keySet()), Quorums.majority(addresses.size()), addresses);
        SnapshotInfo snapshot = new SnapshotInfo(1, configuration, Long.MAX_VALUE, 1);
        Message piece = new SnapshotPiece(snapshot, 0, new byte[MAX_BYTES / 2], Ballot.NONE);

        assertThat(MessageSize.BATCH + MessageSize.of(piece)).isLessThan(MAX_BYTES);
        assertThat(codec.decode(codec.encode(batchOf(piece)))).isEqualTo(batchOf(piece));
    }

    @Test
    void whatABallotIsAskedIsNotSent() throws Exception {
        Map<String, Object> message = readMap(messagesOf(codec.encode(batchOf(new Decide(new Ballot(1, 2, 3, 4), 5))))
                .get(0));

        assertThat(message)
                .containsEntry("type", "decide")
                .containsEntry("ballot", Map.of("configurationId", 1, "n", 2, "priority", 3, "pid", 4));
    }

    @Test
    void aMessageOfAnUnknownKindIsLeftOutAndCounted() throws Exception {
        byte[] body = batch(List.of(
                Map.of("type", "surprise", "depth", 3),
                Map.of("type", "heartbeatRequest", "boot", 1, "round", 2),
                Map.of(
                        "type",
                        "acceptDecide",
                        "ballot",
                        Map.of("configurationId", 1, "n", 1, "priority", 0, "pid", 1),
                        "firstIndex",
                        1,
                        "entries",
                        List.of(Map.of("type", "novelty")),
                        "decidedIndex",
                        0)));

        Batch batch = codec.decode(body);

        assertThat(batch.envelopes()).extracting(Envelope::message).containsExactly(new HeartbeatRequest(1, 2));
        assertThat(codec.unknownMessages()).isEqualTo(2);
    }

    @Test
    void unknownPropertiesAreSkippedAndMissingNumbersAreZero() throws Exception {
        byte[] body = batch(List.of(Map.of("type", "heartbeatRequest", "round", 2, "mood", List.of("good"))));

        assertThat(codec.decode(body).envelopes())
                .extracting(Envelope::message)
                .containsExactly(new HeartbeatRequest(0, 2));
    }

    @Test
    void missingAndNullObjectsAreRefused() {
        Map<String, Object> nullEntry = new LinkedHashMap<>();
        nullEntry.put("type", "acceptDecide");
        nullEntry.put("ballot", Map.of("configurationId", 1, "n", 1, "priority", 0, "pid", 1));
        nullEntry.put("firstIndex", 1);
        nullEntry.put("entries", new ArrayList<>(Collections.singletonList(null)));

        assertRefused(batch(List.of(Map.of("type", "decide", "decidedIndex", 5))));
        assertRefused(batch(List.of(nullEntry)));
        assertRefused(batch(List.of(Map.of("type", "introduction"))));
        assertRefused(batch(List.of(Map.of("type", "snapshotPiece", "offset", 1, "bytes", new byte[1]))));
        assertRefused(batch(Collections.singletonList(null)));
        assertRefused(plain.writeValueAsBytes(Map.of("cluster", "c", "from", 1, "to", 2, "boot", "b")));
        assertRefused(plain.writeValueAsBytes(null));
    }

    @Test
    void valuesThatTheirTypesForbidAreRefused() {
        Map<String, Object> ballot = Map.of("configurationId", -1, "n", 1, "priority", 0, "pid", 1);

        assertRefused(batch(List.of(Map.of("type", "decide", "decidedIndex", 5, "ballot", ballot))));
        assertRefused(batch(List.of(Map.of("type", "heartbeatRequest", "boot", "one", "round", 2))));
        assertRefused(batch(List.of(Map.of("type", "heartbeatRequest", "boot", "1", "round", 2))));
    }

    @Test
    void deepNestingAndLongNamesAreRefused() {
        Object deep = 1;
        for (int i = 0; i < 100; i++) {
            deep = List.of(deep);
        }

        assertRefused(batch(List.of(Map.of("type", "heartbeatRequest", "extra", deep))));
        assertRefused(batch(List.of(Map.of("type", "heartbeatRequest", "x".repeat(10_000), 1))));
    }

    @Test
    void randomBytesAreRefusedOrReadButNothingElse() {
        Random random = new Random(42);
        byte[] good = codec.encode(new Batch("omnipaxos", 1, 2, "boot", List.of(new RandomMessages(1).envelope(1, 2))));
        for (int i = 0; i < 20_000; i++) {
            byte[] body = i % 2 == 0 ? new byte[random.nextInt(200)] : good.clone();
            if (i % 2 == 0) {
                random.nextBytes(body);
            } else {
                body[random.nextInt(body.length)] = (byte) random.nextInt();
            }
            try {
                codec.decode(body);
            } catch (MalformedBodyException expected) {
                assertThat(expected.getMessage()).hasSizeLessThan(100);
            }
        }
    }

    private void assertRefused(byte[] body) {
        assertThatExceptionOfType(MalformedBodyException.class).isThrownBy(() -> codec.decode(body));
    }

    private byte[] batch(List<Map<String, Object>> messages) {
        List<Map<String, Object>> wire = new ArrayList<>();
        messages.forEach(message -> wire.add(Map.of("configuration", 1, "body", plain.writeValueAsBytes(message))));
        return plain.writeValueAsBytes(
                Map.of("cluster", "omnipaxos", "from", 1, "to", 2, "boot", "boot", "messages", wire));
    }

    private List<byte[]> messagesOf(byte[] batch) {
        Object messages = readMap(batch).get("messages");
        return ((List<?>) messages)
                .stream()
                        .map(message -> (byte[]) ((Map<?, ?>) message).get("body"))
                        .toList();
    }

    private Map<String, Object> readMap(byte[] body) {
        return plain.readValue(body, new TypeReference<>() {});
    }

    private static Batch batchOf(Message message) {
        return new Batch("omnipaxos", 1, 2, "boot", List.of(new Envelope("omnipaxos", 9, 1, 2, message)));
    }
}
