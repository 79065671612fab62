package io.omnipaxos.node;

import static io.omnipaxos.node.StoredLog.command;
import static io.omnipaxos.node.StoredLog.decide;
import static io.omnipaxos.node.StoredLog.install;
import static io.omnipaxos.node.StoredLog.newest;
import static io.omnipaxos.node.StoredLog.newestContent;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the state machine gets: entries in order, and snapshots where entries are gone. */
class ApplierTest {

    private static final ClusterConfiguration FIRST = ClusterConfiguration.majority(1, List.of(1L));
    private static final LeadershipEntry LEADERSHIP = new LeadershipEntry(new Ballot(1, 1, 0, 1));
    private static final LogEntry[] LOG = {
        LEADERSHIP,
        command(7, 1, 1, "a"),
        command(7, 2, 0, "b"),
        LEADERSHIP,
        // From here on what the entries before have left behind matters.
        command(7, 2, 0, "repeated"),
        command(7, 3, 1, "stale"),
        command(7, 4, 4, "c"),
        command(8, 1, 0, "d"),
    };

    @Test
    void aStateFromASnapshotAndWhatFollowsIsTheOneThatWasBuiltFromEverything() {
        for (int covered = 1; covered < LOG.length; covered++) {
            Fixture everything = new Fixture(new MemoryStorage());
            decide(everything.storage, LOG);
            everything.applyThrough(LOG.length);
            everything.takeSnapshot();
            MemoryStorage storage = new MemoryStorage();
            decide(storage, LOG);
            Fixture before = new Fixture(storage);
            before.applyThrough(covered);
            before.takeSnapshot();

            Fixture restarted = new Fixture(storage.reopen());
            restarted.begin();
            assertThat(restarted.applier.appliedIndex()).isEqualTo(covered);
            restarted.applyThrough(LOG.length);
            restarted.takeSnapshot();

            assertThat(restarted.machine.applied()).containsExactly("a", "b", "c", "d");
            assertThat(newest(restarted.storage)).isEqualTo(newest(everything.storage));
            assertThat(newestContent(restarted.storage)).isEqualTo(newestContent(everything.storage));
        }
    }

    @Test
    void whatIsRepeatedOrStaleAfterASnapshotIsKnownAsSuch() {
        Fixture node = new Fixture(new MemoryStorage());
        decide(node.storage, LOG);
        node.applyThrough(4);
        node.takeSnapshot();

        Fixture restarted = new Fixture(node.storage.reopen());
        restarted.begin();
        restarted.applyThrough(LOG.length);

        assertThat(restarted.told)
                .containsExactly("restored", "through 4", "stale 3 by 4", "committed 4", "committed 1", "through 8");
    }

    @Test
    void theNewestOfSeveralSnapshotsIsTaken() {
        Fixture node = new Fixture(new MemoryStorage());
        decide(node.storage, LOG);
        node.applyThrough(3);
        node.takeSnapshot();
        node.applyThrough(7);
        node.takeSnapshot();

        Fixture restarted = new Fixture(node.storage.reopen());
        restarted.begin();

        assertThat(restarted.applier.appliedIndex()).isEqualTo(7);
    }

    @Test
    void nothingIsRestoredBeforeTheLoopRuns() {
        Fixture node = new Fixture(new MemoryStorage());
        decide(node.storage, LOG);
        node.applyThrough(3);
        node.takeSnapshot();

        Fixture restarted = new Fixture(node.storage.reopen());
        restarted.run();
        assertThat(restarted.told).isEmpty();
        restarted.applyThrough(0);

        assertThat(restarted.told).containsExactly("restored", "through 3");
    }

    @Test
    void aSnapshotNamesTheConfigurationInForceAfterIt() {
        ClusterConfiguration second = ClusterConfiguration.majority(2, List.of(1L, 2L));
        ClusterConfiguration third = ClusterConfiguration.majority(3, List.of(2L));
        Fixture node = new Fixture(new MemoryStorage());
        decide(node.storage, command(1, "a"), new StopSign(second, 0), command(2, "b"));
        decide(node.storage, command(3, "c"), new StopSign(third, 0));

        node.applyThrough(1);
        node.takeSnapshot();
        node.applyThrough(3);
        node.takeSnapshot();
        Fixture restarted = new Fixture(node.storage.reopen());
        restarted.begin();
        restarted.applyThrough(4);
        restarted.takeSnapshot();
        restarted.applyThrough(5);
        restarted.takeSnapshot();

        assertThat(restarted.storage.snapshots())
                .extracting(SnapshotInfo::configuration)
                .containsExactly(FIRST, second, second, third);
    }

    @Test
    void aSnapshotOfAnotherNodeReplacesTheState() {
        Fixture other = new Fixture(new MemoryStorage());
        decide(other.storage, LOG);
        other.applyThrough(7);
        other.takeSnapshot();
        Fixture behind = new Fixture(new MemoryStorage());
        decide(behind.storage, LOG[0], LOG[1]);
        behind.applier.applyThrough(2);

        install(other.storage, behind.storage);
        decide(behind.storage, LOG[7]);
        behind.applyThrough(8);

        assertThat(behind.told)
                .containsExactly("committed 1", "through 2", "restored", "through 7", "committed 1", "through 8");
        assertThat(behind.machine.applied()).isEqualTo(List.of("a", "b", "c", "d"));
    }

    @Test
    void whoeverWaitsForACommandIsToldWhetherASnapshotCoversIt() {
        Fixture node = new Fixture(new MemoryStorage());
        decide(node.storage, LOG);
        node.applyThrough(7);
        node.takeSnapshot();
        Fixture restarted = new Fixture(node.storage.reopen());

        restarted.begin();

        Predicate<ProposalId> covered = restarted.covered();
        assertThat(covered.test(new ProposalId(7, 1, 4))).isTrue();
        assertThat(covered.test(new ProposalId(7, 1, 5))).isFalse();
        assertThat(covered.test(new ProposalId(8, 1, 1))).isFalse();
    }

    @Test
    void aSnapshotThatIsGoneBeforeItIsReadIsFollowedByTheOneThatTookItsPlace() {
        Fixture other = new Fixture(new MemoryStorage());
        decide(other.storage, LOG);
        Fixture behind = new Fixture(new MemoryStorage());
        other.applyThrough(3);
        other.takeSnapshot();
        install(other.storage, behind.storage);
        decide(behind.storage, LOG[3]);
        behind.applier.applyThrough(4);

        other.applyThrough(7);
        other.takeSnapshot();
        install(other.storage, behind.storage);
        behind.applyThrough(7);

        assertThat(behind.machine.applied()).containsExactly("a", "b", "c");
        assertThat(behind.told).doesNotContain("through 3", "through 4").endsWith("restored", "through 7");
    }

    @Test
    void aStateMachineThatCannotRestoreEndsTheNode() {
        Fixture node = new Fixture(new MemoryStorage());
        decide(node.storage, LOG);
        node.applyThrough(3);
        node.takeSnapshot();
        Fixture restarted = new Fixture(node.storage.reopen(), new Unrestorable());

        restarted.begin();
        restarted.applyThrough(8);

        assertThat(restarted.told)
                .containsExactly(
                        "failed: the state machine could not be restored from the snapshot of index 3: too old");
    }

    @Test
    void aSnapshotOfAnUnknownFormatEndsTheNode() throws IOException {
        MemoryStorage storage = new MemoryStorage();
        decide(storage, LOG);
        try (var writer = storage.beginSnapshot(3, FIRST)) {
            writer.write(99);
            writer.commit();
        }
        Fixture restarted = new Fixture(storage);

        restarted.begin();

        assertThat(restarted.told).singleElement().asString().contains("has format 99", "start the node with");
    }

    @Test
    void nothingIsRestoredOnceTheNodeIsStopped() {
        Fixture node = new Fixture(new MemoryStorage());
        decide(node.storage, LOG);
        node.applyThrough(3);
        node.takeSnapshot();
        Fixture restarted = new Fixture(node.storage.reopen());

        restarted.applier.stop();
        restarted.begin();
        restarted.applyThrough(8);

        assertThat(restarted.told).isEmpty();
        assertThat(restarted.machine.applied()).isEmpty();
    }

    @Test
    void whatIsAppliedFromASnapshotIsReadableOnlyOnceItIsKnownToBeDecided() {
        Fixture node = new Fixture(new MemoryStorage());
        decide(node.storage, LOG);
        node.applyThrough(3);
        node.takeSnapshot();
        Fixture restarted = new Fixture(node.storage.reopen());
        restarted.begin();

        restarted.applyThrough(2);
        assertThat(restarted.applier.readableThrough()).isEqualTo(2);
        restarted.applyThrough(5);
        assertThat(restarted.applier.readableThrough()).isEqualTo(5);
    }

    /** A machine whose snapshots it cannot read itself. */
    private static final class Unrestorable implements ApplyOnly {
        @Override
        public byte[] apply(long index, Command command) {
            return new byte[0];
        }

        @Override
        public void restore(InputStream source) {
            throw new IllegalStateException("too old");
        }
    }

    /** An applier whose loop and applying thread are the test's. */
    private static final class Fixture implements Applier.Outcomes {

        final MemoryStorage storage;
        final NodeCluster.Recorder machine = new NodeCluster.Recorder();
        final List<String> told = new ArrayList<>();
        final Applier applier;
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private final SnapshotTaker snapshots;
        private @Nullable Predicate<ProposalId> covered;

        Fixture(MemoryStorage storage) {
            this(storage, null);
        }

        Fixture(MemoryStorage storage, @Nullable StateMachine other) {
            this.storage = storage;
            this.snapshots = new SnapshotTaker(
                    NodeCluster.settingsOfOne(), storage, Runnable::run, Runnable::run, index -> {}, reason -> {});
            this.applier = new Applier(storage, other == null ? machine : other, FIRST, snapshots, this, tasks::add);
        }

        void begin() {
            applyThrough(0);
        }

        void applyThrough(long index) {
            applier.applyThrough(index);
            run();
        }

        void takeSnapshot() {
            CompletableFuture<Long> wanted = snapshots.wanted();
            applier.offerSoon();
            run();
            assertThat(wanted).isCompletedWithValue(applier.appliedIndex());
        }

        Predicate<ProposalId> covered() {
            assertThat(covered).isNotNull();
            return covered;
        }

        private void run() {
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        }

        @Override
        public void committed(Command command, long index, byte[] result) {
            told.add("committed " + command.id().sequence());
        }

        @Override
        public void stale(Command command, long newestToken) {
            told.add("stale " + command.id().sequence() + " by " + newestToken);
        }

        @Override
        public void restored(Predicate<ProposalId> coveredNow) {
            covered = coveredNow;
            told.add("restored");
        }

        @Override
        public void appliedThrough(long index) {
            if (index > 0) {
                told.add("through " + index);
            }
            applier.taskDone();
        }

        @Override
        public void failed(IllegalStateException failure) {
            told.add("failed: " + failure.getMessage());
        }
    }
}
