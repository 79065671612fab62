package io.omnipaxos.storage.file;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * CRC32C, begun with the identity of the storage: bytes of another storage, such as an application that replicates
 * copies of log files, never look like a record of this one.
 */
final class Checksum {

    private final byte[] identity;
    private final CRC32C crc = new CRC32C();

    Checksum(UUID identity) {
        this.identity = ByteBuffer.allocate(16)
                .putLong(identity.getMostSignificantBits())
                .putLong(identity.getLeastSignificantBits())
                .array();
    }

    int of(byte[] bytes, int offset, int length) {
        crc.reset();
        crc.update(identity);
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
