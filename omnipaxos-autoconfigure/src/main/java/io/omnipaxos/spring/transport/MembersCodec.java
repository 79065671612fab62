package io.omnipaxos.spring.transport;

import io.omnipaxos.cluster.ClusterConfiguration;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.dataformat.cbor.CBORMapper;

/** The question of a joining node for the members, and its answer, as CBOR. Safe for use by any thread. */
final class MembersCodec {

    private final ObjectReader questionReader;
    private final ObjectReader answerReader;
    private final ObjectWriter writer;

    MembersCodec(int maxBytes) {
        CBORMapper mapper = MessageCodec.mapper(maxBytes);
        questionReader = mapper.readerFor(Question.class);
        answerReader = mapper.readerFor(Answer.class);
        writer = mapper.writer();
    }

    /**
     * Asks who the members are.
     *
     * @param cluster of which the sender is to become a member
     * @param from the sender's pid
     */
    record Question(String cluster, long from) {}

    /**
     * Tells who the members are.
     *
     * @param cluster of the sender
     * @param from the sender's pid
     * @param configuration in force as far as the sender knows, with the addresses that it knows
     */
    record Answer(String cluster, long from, ClusterConfiguration configuration) {}

    byte[] encode(Question question) {
        return writer.writeValueAsBytes(question);
    }

    byte[] encode(Answer answer) {
        return writer.writeValueAsBytes(answer);
    }

    /**
     * Reads a question.
     *
     * @throws MalformedBodyException whatever is wrong with the body
     */
    Question decodeQuestion(byte[] body) throws MalformedBodyException {
        return MessageCodec.read(questionReader, Question.class, body, "the body is not a question for the members");
    }

    /**
     * Reads an answer.
     *
     * @throws MalformedBodyException whatever is wrong with the body
     */
    Answer decodeAnswer(byte[] body) throws MalformedBodyException {
        return MessageCodec.read(answerReader, Answer.class, body, "the body does not tell who the members are");
    }
}
