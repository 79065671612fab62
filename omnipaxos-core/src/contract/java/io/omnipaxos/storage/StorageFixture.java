package io.omnipaxos.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.SnapshotInfo;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An open storage, and words for what is done to it. */
public abstract class StorageFixture {

    static final Ballot LOWER = new Ballot(1, 1, 0, 1);
    static final Ballot HIGHER = new Ballot(1, 2, 0, 2);
    static final ClusterConfiguration NEXT = new ClusterConfiguration(
            7,
            List.of(1L, 3L, 4L, 9L),
            new Quorums(4, 3, 2),
            new TreeMap<>(Map.of(3L, "https://example.org/nöde", 9L, "")));

    Storage storage;

    /** A storage that nothing was ever written to. */
    protected abstract Storage openNew();

    /** Another one than the first. */
    protected abstract Storage openAnother();

    /** The closed storage, opened again. */
    protected abstract Storage reopen(Storage closed);

    @BeforeEach
    void openStorage() {
        storage = openNew();
    }

    @AfterEach
    void closeStorage() {
        storage.close();
    }

    SnapshotInfo snapshot(long index, String content) {
        try (SnapshotWriter writer = storage.beginSnapshot(index, NEXT)) {
            writer.write(content.getBytes(UTF_8));
            return writer.commit();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    void restart() {
        storage.close();
        storage = reopen(storage);
    }

    List<LogEntry> readAll() {
        return storage.read(
                storage.state().compactedIndex() + 1, storage.state().acceptedIndex(), Long.MAX_VALUE);
    }

    void refuse(WriteBatch batch, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> storage.write(batch))
                .withMessageContaining(reason);
    }

    void refuse(SnapshotPart part, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> storage.write(part))
                .withMessageContaining(reason);
    }

    static WriteBatch append(long first, int count) {
        return WriteBatch.entries(new LogWrite(first, commands(first, count)));
    }

    static List<LogEntry> commands(long first, int count) {
        return LongStream.range(first, first + count)
                .<LogEntry>mapToObj(
                        i -> new Command(new ProposalId(1, 1, i), 1, 0, ("command " + (1000 + i)).getBytes(UTF_8)))
                .toList();
    }
}
