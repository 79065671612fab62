package io.omnipaxos.storage;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.SnapshotInfo;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Something that changes a storage, and what it leads to. */
public sealed interface StorageOperation {

    void perform(Storage storage) throws IOException;

    StoredModel after(StoredModel before);

    /** One atomic write. */
    record Batch(WriteBatch batch) implements StorageOperation {

        @Override
        public void perform(Storage storage) {
            storage.write(batch);
        }

        @Override
        public StoredModel after(StoredModel before) {
            return before.after(batch);
        }
    }

    /** A snapshot that the node takes itself. */
    record OwnSnapshot(SnapshotInfo info, byte[] content) implements StorageOperation {

        public static OwnSnapshot of(long index, ClusterConfiguration configuration, byte[] content) {
            return new OwnSnapshot(infoOf(index, configuration, content), content);
        }

        @Override
        public void perform(Storage storage) throws IOException {
            try (SnapshotWriter writer = storage.beginSnapshot(info.index(), info.configuration())) {
                int half = content.length / 2;
                writer.write(content[0]);
                writer.write(content, 1, half);
                writer.write(content, 1 + half, content.length - 1 - half);
                writer.commit();
            }
        }

        @Override
        public StoredModel after(StoredModel before) {
            return before.with(info, content);
        }
    }

    /** A snapshot that another node sends, in pieces of a length. */
    record ReceivedSnapshot(SnapshotInfo info, byte[] content, int pieceLength) implements StorageOperation {

        public static ReceivedSnapshot of(
                long index, ClusterConfiguration configuration, byte[] content, int pieceLength) {
            return new ReceivedSnapshot(infoOf(index, configuration, content), content, pieceLength);
        }

        @Override
        public void perform(Storage storage) {
            for (int offset = 0; offset < content.length; offset += pieceLength) {
                storage.write(piece(offset));
            }
        }

        public SnapshotPart piece(int offset) {
            int end = Math.min(content.length, offset + pieceLength);
            return new SnapshotPart(info, offset, Arrays.copyOfRange(content, offset, end));
        }

        @Override
        public StoredModel after(StoredModel before) {
            return before.with(info, content);
        }
    }

    private static SnapshotInfo infoOf(long index, ClusterConfiguration configuration, byte[] content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        return new SnapshotInfo(index, configuration, content.length, (int) checksum.getValue());
    }
}
