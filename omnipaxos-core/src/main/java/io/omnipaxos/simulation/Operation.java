package io.omnipaxos.simulation;

import java.nio.ByteBuffer;

/**
 * What a client asks the simulated registers, as it stands in the log.
 *
 * @param number of its own
 * @param key of the register
 * @param value what is written, or 0 for a read
 * @param expected what a compare-and-set expects, 0 for a register that was never written
 */
record Operation(long number, Kind kind, int key, long value, long expected) {

    enum Kind {
        PUT('p'),
        COMPARE_AND_SET('c'),
        READ('r');

        private final char code;

        Kind(char code) {
            this.code = code;
        }

        static Kind of(byte code) {
            return code == PUT.code ? PUT : code == READ.code ? READ : COMPARE_AND_SET;
        }
    }

    private static final int BYTES = 3 * Long.BYTES + Integer.BYTES + 1;

    @Override
    public String toString() {
        return switch (kind) {
            case PUT -> "r" + key + " = " + value;
            case COMPARE_AND_SET -> "r" + key + " = " + value + " if " + expected;
            case READ -> "read r" + key;
        };
    }

    byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(number)
                .put((byte) kind.code)
                .putInt(key)
                .putLong(value)
                .putLong(expected)
                .array();
    }

    static Operation of(byte[] payload) {
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        long number = bytes.getLong();
        Kind kind = Kind.of(bytes.get());
        return new Operation(number, kind, bytes.getInt(), bytes.getLong(), bytes.getLong());
    }
}
