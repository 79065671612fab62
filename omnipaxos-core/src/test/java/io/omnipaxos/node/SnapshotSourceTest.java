package io.omnipaxos.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.StorageException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Reads of a stored snapshot of one million bytes. */
class SnapshotSourceTest {

    private final byte[] content = new byte[1_000_000];
    private boolean stopped;

    SnapshotSourceTest() {
        new Random(1).nextBytes(content);
    }

    @Test
    void theContentIsReadToItsEndAndIsWhatItsChecksumSays() throws Exception {
        SnapshotSource source = source(content);

        assertThat(source.read()).isEqualTo(content[0] & 0xff);
        assertThat(source.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 1, content.length));
        assertThat(source.read()).isEqualTo(-1);
        source.checkToEnd();
    }

    @Test
    void whatWasLeftUnreadIsCheckedAsWell() throws Exception {
        SnapshotSource source = source(content);
        source.readNBytes(10);
        source.checkToEnd();

        byte[] damaged = content.clone();
        damaged[999_999] ^= 1;
        SnapshotSource half = source(damaged);
        half.readNBytes(10);
        assertThatIOException().isThrownBy(half::checkToEnd).withMessageContaining("damaged");
    }

    @Test
    void aSnapshotThatCannotBeReadFailsInWords() {
        SnapshotSource source = new SnapshotSource(new EmptyStorage(), info(), () -> false);

        assertThatIOException().isThrownBy(source::read).withMessageContaining("there is no snapshot of index 5");
    }

    @Test
    void aFailingDiskIsAFailureOfTheRead() {
        SnapshotSource source = new SnapshotSource(
                new EmptyStorage() {
                    @Override
                    public byte[] readSnapshot(long index, long offset, int maxBytes) {
                        throw new StorageException("the disk is gone");
                    }
                },
                info(),
                () -> false);

        assertThatIOException().isThrownBy(source::read).withMessageContaining("the disk is gone");
    }

    @Test
    void nobodyReadsOnOnceTheNodeIsStopped() throws Exception {
        SnapshotSource source = source(content);
        source.read();

        stopped = true;

        assertThatIOException().isThrownBy(source::readAllBytes).withMessageContaining("stopped");
    }

    private SnapshotSource source(byte[] stored) {
        EmptyStorage storage = new EmptyStorage() {
            @Override
            public byte[] readSnapshot(long index, long offset, int maxBytes) {
                return Arrays.copyOfRange(stored, (int) offset, (int) Math.min(stored.length, offset + maxBytes));
            }
        };
        return new SnapshotSource(storage, info(), () -> stopped);
    }

    private SnapshotInfo info() {
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        ClusterConfiguration one = ClusterConfiguration.majority(1, List.of(1L));
        return new SnapshotInfo(5, one, content.length, (int) checksum.getValue());
    }
}
