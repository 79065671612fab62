package io.omnipaxos.storage.file;

import static io.omnipaxos.storage.file.RecordHeader.HEADER_BYTES;
import static io.omnipaxos.storage.file.RecordHeader.SECTOR;

import io.omnipaxos.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Tells a write that a loss of power cut short from damage, at the place of the last segment where no whole record
 * follows.
 *
 * <p>A record is written only after the one before was forced, in sectors that held zeros. So at most one record, the
 * last, may be unfinished; nobody was told of it; and each of its sectors is as written, or zero, or beyond the end of
 * the file, but for one in which a process may have ended its writing at any byte. The rule follows:
 *
 * <ol>
 *   <li>If any later record begins further on, the record here was durable once: damage.
 *   <li>A record with a whole header is unfinished if it goes beyond the end of the file, if more of its sectors are
 *       zero than the header says were written so, or if its last byte, never written as zero, is zero. With all of it
 *       there and a checksum that fails, it was written wholly and changed later: damage.
 *   <li>Without a whole header it is unfinished (or was never begun) if the first sector is zero, or if nothing but
 *       zeros follows the place of the header. Otherwise the first sector was written and changed later: damage.
 * </ol>
 *
 * <p>So no change of single bits in an acknowledged record, not even in the last one, is taken for an unfinished write.
 * What remains open is a last record of which a disk lost whole sectors <em>after</em> it had confirmed them: by
 * content alone that is the same as a write cut short. The rule relies on a file system that shows zeros, never stale
 * content, where a file has grown and was not yet written; the usual ones do.
 */
final class TornTail {

    private final ReadWindow window;
    private final Checksum checksum;
    private final Path file;

    TornTail(ReadWindow window, Checksum checksum, Path file) {
        this.window = window;
        this.checksum = checksum;
        this.file = file;
    }

    /**
     * Whether anything but zeros stands from the position on, which is to be cut off.
     *
     * @param position where the record of the sequence number is not whole
     * @throws StorageException if it is damage
     */
    boolean mustBeCut(long position, long sequence) throws IOException {
        long later = findLaterRecord(position + SECTOR, sequence);
        if (later >= 0) {
            throw Damage.at(
                    file, position, "a later record at offset " + later + " shows that a record was complete here");
        }
        RecordHeader header = headerAt(position);
        if (header == null) {
            refuseChangedHeader(position);
        } else if (header.sequence() != sequence) {
            throw Damage.at(
                    file, position, "record " + header.sequence() + " stands in the place of record " + sequence);
        } else {
            refuseChangedRecord(position, header);
        }
        return !isZeroFrom(position);
    }

    private long findLaterRecord(long from, long sequence) throws IOException {
        for (long position = from; position < window.fileSize(); position += SECTOR) {
            RecordHeader header = headerAt(position);
            if (header != null && header.sequence() > sequence) {
                return position;
            }
        }
        return -1;
    }

    private @Nullable RecordHeader headerAt(long position) throws IOException {
        return window.load(position, HEADER_BYTES) < HEADER_BYTES
                ? null
                : RecordHeader.parse(window.bytes(), window.at(position), checksum);
    }

    private void refuseChangedHeader(long position) throws IOException {
        int present = window.load(position, SECTOR);
        boolean neverWritten = RecordHeader.isZero(window.bytes(), window.at(position), present);
        if (!neverWritten && !isZeroFrom(position + HEADER_BYTES)) {
            throw Damage.at(file, position, "the header of a record fails its checksum");
        }
    }

    private void refuseChangedRecord(long position, RecordHeader header) throws IOException {
        int length = header.contentLength();
        if (position + length > window.fileSize()) {
            return;
        }
        int present = window.load(position, header.recordLength());
        int start = window.at(position);
        int zeroSectors = RecordHeader.countZeroSectors(window.bytes(), start, present);
        boolean endMissing = RecordHeader.isZero(window.bytes(), start + length - 1, 1);
        if (zeroSectors <= header.zeroSectors() && !endMissing) {
            throw Damage.at(
                    file,
                    position,
                    "record " + header.sequence() + " was written completely, but now fails its checksum");
        }
    }

    private boolean isZeroFrom(long from) throws IOException {
        for (long position = from; position < window.fileSize(); position += SECTOR) {
            int present = window.load(position, SECTOR);
            if (!RecordHeader.isZero(window.bytes(), window.at(position), present)) {
                return false;
            }
        }
        return true;
    }
}
