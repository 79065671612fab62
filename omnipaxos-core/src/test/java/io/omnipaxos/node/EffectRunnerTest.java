package io.omnipaxos.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.ReplicationMessage.Decide;
import io.omnipaxos.message.ReplicationMessage.NotAccepted;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The order in which effects happen, as it stands in {@link Effects}. */
class EffectRunnerTest {

    private static final Ballot BALLOT = new Ballot(1, 2, 0, 3);
    private static final Lease LEASE = new Lease(BALLOT, 7, new ClockReading(0, 0), 1);
    private static final Envelope NOW = new Envelope("test", 1, 1, 2, new Decide(BALLOT, 5));
    private static final Envelope LATER = new Envelope("test", 1, 1, 2, new NotAccepted(BALLOT));

    private final List<String> happened = new ArrayList<>();
    private boolean diskFails;
    private long nanos = 100;
    private final EffectRunner runner = new EffectRunner(
            lease -> happened.add(lease == null ? "no lease" : "lease"),
            new Wire(),
            new Disk(),
            through -> happened.add("apply through " + through),
            new Told(),
            () -> nanos,
            took -> happened.add("synced in " + took));

    @Test
    void everythingHappensInItsOrder() {
        boolean wrote = runner.run(new Effects(
                LEASE,
                List.of(),
                WriteBatch.promise(BALLOT),
                List.of(NOW),
                List.of(LATER),
                4,
                List.of(new Notice.ReadIndex(1, 4))));

        assertThat(wrote).isTrue();
        assertThat(happened)
                .containsExactly(
                        "lease", "send Decide", "write", "synced in 5", "send NotAccepted", "apply through 4", "told");
    }

    @Test
    void aLostLeaseIsKnownBeforeAnythingIsSent() {
        runner.run(new Effects(null, List.of(), WriteBatch.EMPTY, List.of(NOW), List.of(LATER), 0, List.of()));

        assertThat(happened).startsWith("no lease", "send Decide");
    }

    @Test
    void whatPersistsNothingWritesNothing() {
        boolean wrote =
                runner.run(new Effects(null, List.of(), WriteBatch.EMPTY, List.of(), List.of(LATER), 0, List.of()));

        assertThat(wrote).isFalse();
        assertThat(happened).doesNotContain("write").contains("send NotAccepted");
    }

    @Test
    void piecesOfASnapshotAreStoredBeforeWhatRestsOnThem() {
        SnapshotInfo snapshot = new SnapshotInfo(9, ClusterConfiguration.majority(1, List.of(1L)), 2, 0);
        List<SnapshotPart> parts =
                List.of(new SnapshotPart(snapshot, 0, new byte[1]), new SnapshotPart(snapshot, 1, new byte[1]));

        runner.run(new Effects(null, parts, WriteBatch.compacted(9), List.of(NOW), List.of(LATER), 9, List.of()));

        assertThat(happened)
                .containsExactly(
                        "no lease",
                        "send Decide",
                        "store piece from 0",
                        "store piece from 1",
                        "write",
                        "synced in 5",
                        "send NotAccepted",
                        "apply through 9");
    }

    @Test
    void afterAFailedWriteNothingIsPromisedAppliedOrTold() {
        diskFails = true;

        assertThatThrownBy(() -> runner.run(new Effects(
                        LEASE,
                        List.of(),
                        WriteBatch.promise(BALLOT),
                        List.of(NOW),
                        List.of(LATER),
                        4,
                        List.of(new Notice.ReadIndex(1, 4)))))
                .isInstanceOf(StorageException.class);

        assertThat(happened).containsExactly("lease", "send Decide", "write");
    }

    private final class Wire implements Transport {
        @Override
        public void start(Receiver receiver) {}

        @Override
        public void send(List<Envelope> envelopes) {
            envelopes.forEach(envelope ->
                    happened.add("send " + envelope.message().getClass().getSimpleName()));
        }

        @Override
        public void members(ClusterConfiguration configuration) {}

        @Override
        public Map<Long, PeerConnection> connections() {
            return Map.of();
        }

        @Override
        public void close() {}
    }

    private final class Disk extends EmptyStorage {
        @Override
        public void write(WriteBatch batch) {
            happened.add("write");
            nanos += 5;
            if (diskFails) {
                throw new StorageException("the disk is gone");
            }
        }

        @Override
        public void write(SnapshotPart part) {
            happened.add("store piece from " + part.offset());
        }
    }

    private final class Told implements Notice.Visitor {
        @Override
        public void granted(Notice.Granted granted) {
            happened.add("told");
        }

        @Override
        public void ending(Notice.Ending ending) {
            happened.add("told");
        }

        @Override
        public void endingRefused(Notice.EndingRefused refused) {
            happened.add("told");
        }

        @Override
        public void revoked(Notice.Revoked revoked) {
            happened.add("told");
        }

        @Override
        public void leaderChanged(Notice.LeaderChanged changed) {
            happened.add("told");
        }

        @Override
        public void refused(Notice.Refused refused) {
            happened.add("told");
        }

        @Override
        public void readIndex(Notice.ReadIndex readIndex) {
            happened.add("told");
        }

        @Override
        public void reconfigurationRefused(Notice.ReconfigurationRefused refused) {
            happened.add("told");
        }

        @Override
        public void configured(Notice.Configured configured) {
            happened.add("told");
        }

        @Override
        public void eligibility(Notice.Eligibility eligibility) {
            happened.add("told");
        }
    }
}
