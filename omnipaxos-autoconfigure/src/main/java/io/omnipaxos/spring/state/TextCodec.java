package io.omnipaxos.spring.state;

/** Text as it is, in UTF-8. */
final class TextCodec implements ValueCodec<String> {

    @Override
    public byte[] encode(String value) {
        return Utf8.encode(value);
    }

    @Override
    public String decode(byte[] bytes) {
        return Utf8.decode(bytes);
    }
}
