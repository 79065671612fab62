package io.omnipaxos.spring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.node.Committed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplicatedMapTests {

    private final MapStateMachine machine = new MapStateMachine();
    private final ReplicatedMaps maps = TestMaps.of(machine);
    private final ReplicatedMap<String> map = maps.get("settlements");

    @Test
    void readsNothingFromAnEmptyMap() {
        assertThat(map.get("last")).isEmpty();
    }

    @Test
    void writesWithTheIndexAndThePreviousValue() {
        assertThat(map.put("last", "1")).isEqualTo(new MapWrite<>(1, null, true));
        assertThat(map.put("last", "2")).isEqualTo(new MapWrite<>(2, "1", true));
        assertThat(map.get("last")).contains("2");
    }

    @Test
    void writesIfAbsentOnce() {
        assertThat(map.putIfAbsent("last", "1")).isEqualTo(new MapWrite<>(1, null, true));
        assertThat(map.putIfAbsent("last", "2")).isEqualTo(new MapWrite<>(2, "1", false));
        assertThat(map.get("last")).contains("1");
    }

    @Test
    void replacesTheExpectedValueOnly() {
        map.put("last", "1");

        assertThat(map.replace("last", "0", "2").applied()).isFalse();
        assertThat(map.replace("last", "1", "2")).isEqualTo(new MapWrite<>(3, "1", true));
        assertThat(map.replace("other", "1", "2").applied()).isFalse();
        assertThat(map.get("last")).contains("2");
    }

    @Test
    void removes() {
        map.put("last", "1");

        assertThat(map.remove("last")).isEqualTo(new MapWrite<>(2, "1", true));
        assertThat(map.remove("last")).isEqualTo(new MapWrite<>(3, null, false));
        assertThat(map.get("last")).isEmpty();
    }

    @Test
    void removesTheExpectedValueOnly() {
        map.put("last", "1");

        assertThat(map.remove("last", "0")).isEqualTo(new MapWrite<>(2, "1", false));
        assertThat(map.remove("last", "1")).isEqualTo(new MapWrite<>(3, "1", true));
        assertThat(map.remove("last", "1")).isEqualTo(new MapWrite<>(4, null, false));
        assertThat(map.get("last")).isEmpty();
    }

    @Test
    void readsAWholeMapAtOneMoment() {
        map.put("b", "2");
        map.put("a", "1");
        maps.get("other").put("c", "3");

        MapEntries<String> entries = map.entries();
        map.put("a", "4");

        assertThat(entries.index()).isEqualTo(3);
        assertThat(entries.values()).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
        assertThat(entries.keys()).containsExactly("a", "b");
        assertThat(map.keys()).containsExactly("a", "b");
        assertThat(maps.get("none").entries().values()).isEmpty();
    }

    @Test
    void countsUpWithoutLosingAStepWhereManyCompareAndSet() {
        map.put("count", "0");

        CompletableFuture.allOf(IntStream.range(0, 4)
                        .mapToObj(thread -> CompletableFuture.runAsync(() -> countUp(50)))
                        .toArray(CompletableFuture[]::new))
                .join();

        assertThat(map.get("count")).contains("200");
    }

    private void countUp(int steps) {
        for (int done = 0; done < steps; ) {
            String seen = map.get("count").orElseThrow();
            String next = String.valueOf(Long.parseLong(seen) + 1);
            done += map.replace("count", seen, next).applied() ? 1 : 0;
        }
    }

    @Test
    void letsOneWinWhereManyPutIfAbsent() {
        List<CompletableFuture<MapWrite<String>>> writes = IntStream.range(0, 10)
                .mapToObj(each -> map.putIfAbsentAsync("first", String.valueOf(each)))
                .toList();

        assertThat(writes.stream().filter(write -> write.join().applied())).hasSize(1);
    }

    @Test
    void readsOnlyOnceThisNodeHasCaughtUp() {
        CompletableFuture<Committed> barrier = new CompletableFuture<>();
        ReplicatedMap<String> behind = on(new BrokenLog(barrier));
        CompletableFuture<Optional<String>> value = behind.getAsync("last");
        CompletableFuture<MapEntries<String>> entries = behind.entriesAsync();
        CompletableFuture<SortedSet<String>> keys = behind.keysAsync();
        machine.apply(
                7,
                FakeLog.command(MapCommand.write(
                        "settlements", MapOperation.PUT, "last", null, new byte[] {'5'}, TestMaps.LIMITS)));

        assertThat(value).isNotDone();
        assertThat(entries).isNotDone();
        assertThat(keys).isNotDone();
        barrier.complete(new Committed(7, new byte[0]));

        assertThat(value.join()).contains("5");
        assertThat(entries.join().values()).containsEntry("last", "5");
        assertThat(keys.join()).containsExactly("last");
    }

    @Test
    void keepsMapsApartByName() {
        map.put("last", "1");

        assertThat(maps.get("other").get("last")).isEmpty();
        assertThat(maps.get("settlements").get("last")).contains("1");
        assertThat(map.name()).isEqualTo("settlements");
    }

    @Test
    void hasATwinWithoutWaitingForEachCall() {
        assertThat(map.putAsync("last", "1").join().index()).isEqualTo(1);
        assertThat(map.putIfAbsentAsync("last", "2").join().applied()).isFalse();
        assertThat(map.replaceAsync("last", "1", "3").join().applied()).isTrue();
        assertThat(map.getAsync("last").join()).contains("3");
        assertThat(map.keysAsync().join()).containsExactly("last");
        assertThat(map.entriesAsync().join().values()).containsEntry("last", "3");
        assertThat(map.removeAsync("last", "4").join().applied()).isFalse();
        assertThat(map.removeAsync("last").join().previous()).isEqualTo("3");
    }

    @Test
    void refusesNulls() {
        assertThatNullPointerException().isThrownBy(() -> map.put("last", null));
        assertThatNullPointerException().isThrownBy(() -> map.put(null, "1"));
        assertThatNullPointerException().isThrownBy(() -> map.replace("last", null, "1"));
        assertThatNullPointerException().isThrownBy(() -> map.get(null));
        assertThatNullPointerException().isThrownBy(() -> map.remove("last", null));
        assertThatIllegalArgumentException().isThrownBy(() -> maps.get(""));
    }

    @Test
    void throwsWhatTheLogThrew() {
        ReplicatedMap<String> refused = on(new BrokenLog(
                CompletableFuture.failedFuture(new AppendException(Outcome.STALE_TOKEN, "a newer leadership"))));

        assertThatExceptionOfType(AppendException.class)
                .isThrownBy(() -> refused.put("last", "1"))
                .withMessage("map 'settlements': a newer leadership")
                .satisfies(failure -> assertThat(failure.outcome()).isEqualTo(Outcome.STALE_TOKEN));
    }

    @Test
    void givesUpAfterItsTimeout() {
        ReplicatedMap<String> silent = on(new BrokenLog(new CompletableFuture<>()));

        assertThatExceptionOfType(AppendException.class)
                .isThrownBy(() -> silent.put("last", "1"))
                .satisfies(failure -> assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN));
    }

    @Test
    void keepsTheInterruption() {
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(AppendException.class)
                .isThrownBy(() -> on(new BrokenLog(new CompletableFuture<>())).put("last", "1"))
                .withMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void saysThatAnotherStateMachineIsInItsPlace() {
        ReplicatedMap<String> unanswered =
                on(new BrokenLog(CompletableFuture.completedFuture(new Committed(7, new byte[0]))));

        assertThatIllegalStateException()
                .isThrownBy(() -> unanswered.put("last", "1"))
                .withStackTraceContaining("did not understand the write at index 7");
    }

    @Test
    void refusesToBlockTheThreadThatApplies() {
        machine.apply(1, FakeLog.command(new byte[0]));

        assertThatIllegalStateException()
                .isThrownBy(() -> map.get("last"))
                .withMessageContaining("use the Async methods");
    }

    private ReplicatedMap<String> on(ReplicatedLog log) {
        return TestMaps.on(log, machine, Duration.ofMillis(1)).get("settlements");
    }

    private record BrokenLog(CompletableFuture<Committed> answer) implements ReplicatedLog {

        @Override
        public CompletableFuture<Committed> append(byte[] command) {
            return answer;
        }

        @Override
        public CompletableFuture<Long> readBarrier() {
            return answer.thenApply(Committed::index);
        }
    }
}
