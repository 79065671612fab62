package io.omnipaxos.spring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MapWatchTests {

    private final MapStateMachine machine = new MapStateMachine();
    private final ManualThreads threads = new ManualThreads();
    private final ReplicatedMaps maps = TestMaps.of(machine, threads);
    private final ReplicatedMap<Long> map = maps.get("m", Long.class);
    private final Notebook notebook = new Notebook();

    @Test
    void tellsFirstWhatIsThereAndThenEachChange() {
        map.put("a", 1L);
        map.put("b", 2L);

        map.watch(notebook);
        map.put("a", 3L);
        map.putIfAbsent("c", 4L);
        map.replace("c", 4L, 5L);
        map.remove("b");
        threads.run();

        assertThat(notebook.told)
                .containsExactly("present {a=1, b=2} @2", "a 1->3 @3", "c null->4 @4", "c 4->5 @5", "b 2->null @6");
    }

    @Test
    void saysNothingOfWritesThatChangeNothing() {
        map.put("a", 1L);
        map.watch(notebook);
        map.put("a", 1L);
        map.putIfAbsent("a", 2L);
        map.replace("a", 2L, 3L);
        map.remove("a", 2L);
        map.remove("b");
        maps.get("other").put("a", "1");
        threads.run();

        assertThat(notebook.told).containsExactly("present {a=1} @1");
    }

    @Test
    void tellsOfOneKeyAlone() {
        map.put("a", 1L);
        map.put("b", 1L);

        map.watch("a", notebook);
        map.put("b", 2L);
        map.put("a", 2L);
        threads.run();

        assertThat(notebook.told).containsExactly("present {a=1} @2", "a 1->2 @4");
    }

    @Test
    void beginsBeforeAnythingWasApplied() {
        map.watch(notebook);
        threads.run();
        map.put("a", 1L);
        threads.run();

        assertThat(notebook.told).containsExactly("present {} @0", "a null->1 @1");
    }

    @Test
    void takesALambdaForTheChangesAlone() {
        List<Long> seen = new ArrayList<>();
        map.put("a", 1L);
        map.watch(change -> seen.add(change.newValue()));
        map.put("a", 2L);
        threads.run();

        assertThat(seen).containsExactly(2L);
    }

    @Test
    void occupiesOneThreadAtATimeAndOnlyWhileThereIsSomethingToTell() {
        map.watch(notebook);
        map.put("a", 1L);
        map.put("a", 2L);
        assertThat(threads.waiting()).isEqualTo(1);
        threads.run();
        assertThat(threads.waiting()).isZero();

        map.put("a", 3L);

        assertThat(threads.waiting()).isEqualTo(1);
    }

    @Test
    void endsWhenItIsClosed() {
        MapWatch watch = map.watch(notebook);
        threads.run();
        map.put("a", 1L);

        watch.close();
        watch.close();
        map.put("a", 2L);
        threads.run();

        assertThat(notebook.told).containsExactly("present {} @0");
        assertThat(threads.waiting()).isZero();
    }

    @Test
    void saysNothingAtAllWhenItIsClosedAtOnce() {
        map.watch(notebook).close();
        threads.run();

        assertThat(notebook.told).isEmpty();
    }

    @Test
    void isClosedByItsOwnListener() {
        List<MapWatch> watches = new ArrayList<>();
        watches.add(map.watch(change -> {
            notebook.told.add("told");
            watches.get(0).close();
        }));
        map.put("a", 1L);
        map.put("a", 2L);
        threads.run();

        assertThat(notebook.told).containsExactly("told");
    }

    @Test
    void endsWithTheMaps() {
        map.watch(change -> maps.close());
        map.watch(notebook);
        map.put("a", 1L);
        map.put("a", 2L);
        threads.run();

        assertThat(map.put("a", 3L).applied()).isTrue();
        map.watch(notebook);
        assertThat(map.put("a", 4L).applied()).isTrue();
        assertThat(notebook.told).isEmpty();
    }

    @Test
    void goesOnAfterAListenerThrew() {
        List<String> told = new ArrayList<>();
        map.watch(new MapListener<>() {
            @Override
            public void present(MapEntries<Long> entries) {
                told.add("present");
                throw new IllegalStateException("at the beginning");
            }

            @Override
            public void changed(MapChange<Long> change) {
                told.add("changed");
                throw new AssertionError("later");
            }
        });
        map.watch(notebook);
        map.put("a", 1L);
        map.put("a", 2L);
        threads.run();

        assertThat(told).containsExactly("present", "changed", "changed");
        assertThat(notebook.told).hasSize(3);
    }

    @Test
    void tellsOfWhatCannotBeReadAndGoesOn() {
        ReplicatedMap<String> raw = maps.get("m");
        raw.put("old", "one");
        map.watch(notebook);
        raw.put("a", "two");
        map.put("a", 3L);
        map.put("b", 4L);
        raw.remove("old");
        threads.run();

        assertThat(notebook.told)
                .containsExactly(
                        "present {} @1",
                        "undecodable old @1",
                        "undecodable a @2",
                        "a ?->3 @3",
                        "b null->4 @4",
                        "old ?->null @5");
    }

    @Test
    void tellsWhatASnapshotChanged() throws Exception {
        map.put("same", 1L);
        map.put("gone", 2L);
        map.put("other", 3L);
        byte[] ahead = MapSnapshotTests.bytes(machineAfter(machine, "other", "new"));
        map.watch(notebook);
        threads.run();

        machine.restore(new ByteArrayInputStream(ahead));
        threads.run();

        assertThat(notebook.told)
                .containsExactly(
                        "present {gone=2, other=3, same=1} @3", "gone 2->null @6", "new null->9 @6", "other 3->9 @6");
    }

    /** As a node is that saw three commands more. */
    private static MapStateMachine machineAfter(MapStateMachine before, String... keys) throws Exception {
        MapStateMachine after = MapSnapshotTests.copy(before);
        long index = before.read("m").index();
        for (String key : keys) {
            after.apply(
                    ++index,
                    FakeLog.command(
                            MapCommand.write("m", MapOperation.PUT, key, null, new byte[] {'9'}, TestMaps.LIMITS)));
        }
        after.apply(++index, FakeLog.command(MapCommand.remove("m", "gone", null)));
        return after;
    }

    @Test
    void tellsTheWayBackWhenTheNodeIsStartedAgain() {
        map.put("a", 1L);
        map.watch(notebook);
        threads.run();

        machine.reset();
        machine.apply(
                1,
                FakeLog.command(MapCommand.write("m", MapOperation.PUT, "a", null, new byte[] {'1'}, TestMaps.LIMITS)));
        threads.run();

        assertThat(notebook.told).containsExactly("present {a=1} @1", "a 1->null @0", "a null->1 @1");
    }

    @Test
    void missesNothingWhereverItBegins() throws Exception {
        ExecutorService watchThreads = Executors.newCachedThreadPool();
        try (ReplicatedMaps running = TestMaps.of(new MapStateMachine(), watchThreads)) {
            ReplicatedMap<Long> counted = running.get("m", Long.class);
            CompletableFuture<Void> writes = CompletableFuture.runAsync(() -> {
                for (long count = 1; count <= 300; count++) {
                    counted.put("k" + count % 3, count);
                }
                counted.put("end", 0L);
            });
            List<Copy> copies = new ArrayList<>();
            for (int each = 0; each < 20; each++) {
                counted.get("k0"); // which lets some writes pass
                Copy copy = new Copy();
                counted.watch(copy);
                copies.add(copy);
            }
            writes.get(30, TimeUnit.SECONDS);

            for (Copy copy : copies) {
                assertThat(copy.complete.get(30, TimeUnit.SECONDS))
                        .isEqualTo(Map.of("end", 0L, "k0", 300L, "k1", 298L, "k2", 299L));
            }
        }
    }

    @Test
    void aSlowListenerHoldsUpNobodyAndIsCalledOnNoThreadOfTheNode() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        CompletableFuture<Thread> slowThread = new CompletableFuture<>();
        CompletableFuture<Boolean> calledTheMap = new CompletableFuture<>();
        CompletableFuture<Long> other = new CompletableFuture<>();
        ExecutorService watchThreads = Executors.newCachedThreadPool();
        MapStateMachine own = new MapStateMachine();
        try (ReplicatedMaps running = TestMaps.of(own, watchThreads)) {
            ReplicatedMap<Long> watched = running.get("m", Long.class);
            watched.watch("a", change -> {
                slowThread.complete(Thread.currentThread());
                awaitUninterruptibly(released);
                calledTheMap.complete(watched.put("answer", 1L).applied());
            });
            watched.watch("b", change -> other.complete(change.newValue()));
            watched.put("a", 1L);
            Thread slow = slowThread.get(30, TimeUnit.SECONDS);

            watched.put("b", 2L);

            assertThat(other.get(30, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(slow.getName()).isNotEqualTo("apply");
            released.countDown();
            assertThat(calledTheMap.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Notebook implements MapListener<Long> {

        private final List<String> told = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void present(MapEntries<Long> entries) {
            told.add("present " + entries.values() + " @" + entries.index());
        }

        @Override
        public void changed(MapChange<Long> change) {
            told.add(change.key() + " " + old(change) + "->" + change.newValue() + " @" + change.index());
        }

        private static String old(MapChange<Long> change) {
            if (change.undecodable() == null) {
                return String.valueOf(change.oldValue());
            }
            assertThatExceptionOfType(UndecodableValueException.class).isThrownBy(change::oldValue);
            return "?";
        }

        @Override
        public void undecodable(UndecodableValueException failure, long index) {
            told.add("undecodable " + failure.key() + " @" + index);
        }
    }

    /** Follows a map, and finds each change to begin where the last one ended. */
    private static final class Copy implements MapListener<Long> {

        private final Map<String, Long> values = new TreeMap<>();
        private final CompletableFuture<Map<String, Long>> complete = new CompletableFuture<>();
        private long index = -1;

        @Override
        public void present(MapEntries<Long> entries) {
            values.putAll(entries.values());
            index = entries.index();
            completeAtTheEnd();
        }

        @Override
        public void changed(MapChange<Long> change) {
            if (change.index() <= index || !Objects.equals(values.get(change.key()), change.oldValue())) {
                complete.completeExceptionally(new AssertionError(change + " after " + values + " @" + index));
            }
            values.put(change.key(), change.newValue());
            index = change.index();
            completeAtTheEnd();
        }

        private void completeAtTheEnd() {
            if (values.containsKey("end")) {
                complete.complete(values);
            }
        }
    }
}
