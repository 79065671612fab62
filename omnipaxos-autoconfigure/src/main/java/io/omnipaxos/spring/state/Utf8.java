package io.omnipaxos.spring.state;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text as bytes and back, without replacing what cannot be said: two texts would become one. */
final class Utf8 {

    private Utf8() {}

    /**
     * Writes text.
     *
     * @throws IllegalArgumentException if it holds half of a surrogate pair
     */
    static byte[] encode(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] encoded = new byte[bytes.remaining()];
            bytes.get(encoded);
            return encoded;
        } catch (CharacterCodingException invalid) {
            throw new IllegalArgumentException("a text holds half of a surrogate pair", invalid);
        }
    }

    /**
     * Reads text.
     *
     * @throws IllegalArgumentException if the bytes are no UTF-8
     */
    static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException invalid) {
            throw new IllegalArgumentException("the bytes are no text in UTF-8", invalid);
        }
    }
}
