package io.omnipaxos.spring.redis;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Values behind a CRC32C of the storage's identity, the place of the value and the value, so that one that was changed,
 * moved or taken from another storage is noticed.
 */
final class Checked {

    static final int BYTES = Integer.BYTES;

    private final UUID identity;

    Checked(UUID identity) {
        this.identity = identity;
    }

    /**
     * Writes the checksum in front.
     *
     * @param framed the value from {@link #BYTES} on
     */
    byte[] seal(String place, byte[] framed) {
        ByteBuffer.wrap(framed).putInt(checksum(place, framed));
        return framed;
    }

    /** The value to its end; null if it is not what was written there. */
    @Nullable
    ByteBuffer open(String place, byte @Nullable [] framed) {
        if (framed == null || framed.length < BYTES || ByteBuffer.wrap(framed).getInt() != checksum(place, framed)) {
            return null;
        }
        return ByteBuffer.wrap(framed, BYTES, framed.length - BYTES).slice();
    }

    private int checksum(String place, byte[] framed) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(identity.getMostSignificantBits())
                .putLong(identity.getLeastSignificantBits())
                .flip());
        crc.update(Bytes.of(place));
        crc.update(framed, BYTES, framed.length - BYTES);
        return (int) crc.getValue();
    }
}
