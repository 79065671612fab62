package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.cbor.CBORMapper;

class MembersCodecTest {

    private final MembersCodec codec = new MembersCodec(10_000);
    private final CBORMapper plain = new CBORMapper();

    @Test
    void questionAndAnswerComeBackAsTheyWere() throws Exception {
        MembersCodec.Question question = new MembersCodec.Question("omnipaxos", 4);
        MembersCodec.Answer answer = new MembersCodec.Answer(
                "omnipaxos", 1, Nodes.membersAt(6, Map.of(2L, "http://two:8080/app"), 1L, 2L, 3L));

        assertThat(codec.decodeQuestion(codec.encode(question))).isEqualTo(question);
        assertThat(codec.decodeAnswer(codec.encode(answer))).isEqualTo(answer);
    }

    /** A node of another version may ask. */
    @Test
    void theNamesOnTheWireAreFixed() {
        assertThat(map(codec.encode(new MembersCodec.Question("omnipaxos", 4))))
                .isEqualTo(Map.of("cluster", "omnipaxos", "from", 4));
        assertThat(map(codec.encode(new MembersCodec.Answer("omnipaxos", 1, Nodes.members(1L)))))
                .containsOnlyKeys("cluster", "from", "configuration");
    }

    @Test
    void anythingElseIsRefused() {
        byte[] noConfiguration = plain.writeValueAsBytes(Map.of("cluster", "omnipaxos", "from", 1));
        byte[] noMembers = plain.writeValueAsBytes(Map.of(
                "cluster",
                "omnipaxos",
                "from",
                1,
                "configuration",
                Map.of("id", 0, "nodes", new long[0], "quorums", Map.of(), "addresses", Map.of())));

        assertThatExceptionOfType(MalformedBodyException.class).isThrownBy(() -> codec.decodeAnswer(noConfiguration));
        assertThatExceptionOfType(MalformedBodyException.class).isThrownBy(() -> codec.decodeAnswer(noMembers));
        assertThatExceptionOfType(MalformedBodyException.class).isThrownBy(() -> codec.decodeAnswer(new byte[0]));
        assertThatExceptionOfType(MalformedBodyException.class).isThrownBy(() -> codec.decodeQuestion(new byte[9]));
    }

    @Test
    void randomBytesAreRefusedOrReadButNothingElse() {
        Random random = new Random(42);
        byte[] good = codec.encode(new MembersCodec.Answer(
                "omnipaxos", 1, Nodes.membersAt(6, Map.of(2L, "http://two:8080/app"), 1L, 2L, 3L)));
        for (int i = 0; i < 20_000; i++) {
            byte[] body = good.clone();
            body[random.nextInt(body.length)] = (byte) random.nextInt();
            try {
                codec.decodeAnswer(body);
            } catch (MalformedBodyException expected) {
                assertThat(expected.getMessage()).hasSizeLessThan(100);
            }
        }
    }

    private Map<String, Object> map(byte[] body) {
        return plain.readValue(body, new TypeReference<>() {});
    }
}
