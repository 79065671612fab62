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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReplicatedMapTests {

    private final MapStateMachine machine = new MapStateMachine();
    private final ReplicatedMaps maps = new ReplicatedMaps(new FakeLog(machine), machine, Duration.ofSeconds(30));
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
        assertThat(map.removeAsync("last").join().previous()).isEqualTo("3");
    }

    @Test
    void completesItsTwinsOnNoThreadOfTheNode() throws Exception {
        CompletableFuture<Committed> answer = new CompletableFuture<>();
        CompletableFuture<Thread> completedOn = new CompletableFuture<>();
        on(new BrokenLog(answer))
                .putAsync("last", "1")
                .whenComplete((write, failure) -> completedOn.complete(Thread.currentThread()));

        answer.completeExceptionally(new AppendException(Outcome.UNKNOWN, "no answer"));

        assertThat(completedOn.get(30, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
    }

    @Test
    void refusesNulls() {
        assertThatNullPointerException().isThrownBy(() -> map.put("last", null));
        assertThatNullPointerException().isThrownBy(() -> map.put(null, "1"));
        assertThatNullPointerException().isThrownBy(() -> map.replace("last", null, "1"));
        assertThatNullPointerException().isThrownBy(() -> map.get(null));
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
        return new ReplicatedMaps(log, machine, Duration.ofMillis(1)).get("settlements");
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
