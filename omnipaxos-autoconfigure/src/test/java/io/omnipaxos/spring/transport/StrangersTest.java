package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Ahead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Node 1 is asked by nodes that are no members. */
@Timeout(60)
class StrangersTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final AtomicLong clock = new AtomicLong();
    private final Counters counters = new Counters();

    @Test
    void aReplyThatIsMadeLaterLeavesWithTheAnswerToTheQuestion() throws Exception {
        Strangers strangers = patient();
        CountDownLatch handled = new CountDownLatch(1);
        CompletableFuture<List<Envelope>> answer = CompletableFuture.supplyAsync(
                () -> strangers.exchange(question(4), Lane.LOG, handled::countDown), Nodes.THREADS);
        assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(answer).isNotDone();

        strangers.offer(Nodes.piece(1, 4, 0, 100));

        assertThat(answer.get(10, TimeUnit.SECONDS)).containsExactly(Nodes.piece(1, 4, 0, 100));
    }

    @Test
    void aQuestionIsAnsweredWithNothingAfterAShortTime() {
        Strangers strangers = impatient();

        assertThat(strangers.exchange(question(4), Lane.LOG, () -> {})).isEmpty();
    }

    @Test
    void whoAsksNothingDoesNotWait() {
        Strangers strangers = patient();

        assertThat(strangers.exchange(nothing(4), Lane.LOG, () -> {})).isEmpty();
        assertThat(strangers.exchange(question(4), Lane.HEARTBEAT, () -> {})).isEmpty();
    }

    @Test
    void aReplyThatIsTooLateLeavesWithTheNextAnswer() {
        Strangers strangers = impatient();
        strangers.exchange(question(4), Lane.LOG, () -> {});
        strangers.offer(Nodes.piece(1, 4, 0, 100));

        assertThat(strangers.exchange(nothing(4), Lane.LOG, () -> {})).containsExactly(Nodes.piece(1, 4, 0, 100));
        assertThat(strangers.exchange(nothing(4), Lane.LOG, () -> {})).isEmpty();
    }

    /** Otherwise one late reply would make every later one come a question too late. */
    @Test
    void theReplyToTheLastQuestionTakesThePlaceOfEarlierOnes() {
        Strangers strangers = patient();
        strangers.exchange(nothing(4), Lane.LOG, () -> {});
        strangers.offer(Nodes.piece(1, 4, 0, 100));

        List<Envelope> answer =
                strangers.exchange(question(4), Lane.LOG, () -> strangers.offer(Nodes.piece(1, 4, 100, 100)));

        assertThat(answer).containsExactly(Nodes.piece(1, 4, 100, 100));
    }

    @Test
    void whatIsForANodeThatNeverAskedIsDropped() {
        Strangers strangers = impatient();

        strangers.offer(Nodes.piece(1, 4, 0, 100));

        assertThat(counters.dropped()).isEqualTo(1);
        assertThat(strangers.exchange(nothing(4), Lane.LOG, () -> {})).isEmpty();
    }

    @Test
    void theBytesThatWaitAreBounded() {
        Strangers strangers = impatient();
        strangers.exchange(nothing(4), Lane.LOG, () -> {});
        for (int i = 0; i < 1_000; i++) {
            strangers.offer(Nodes.entries(1, 4, i, 1_000));
        }

        List<Envelope> taken = strangers.exchange(nothing(4), Lane.LOG, () -> {});

        assertThat(taken).hasSizeBetween(10, 64).endsWith(Nodes.entries(1, 4, 999, 1_000));
        assertThat(counters.dropped() + taken.size()).isEqualTo(1_000);
    }

    @Test
    void whatWaitsLongerThanARequestMayTakeIsDropped() {
        Strangers strangers = impatient();
        strangers.exchange(nothing(4), Lane.LOG, () -> {});
        strangers.offer(Nodes.envelope(1, 4, new Ahead(1)));
        clock.addAndGet(TimeUnit.SECONDS.toNanos(2));
        strangers.offer(Nodes.envelope(1, 4, new Ahead(2)));
        clock.addAndGet(1);

        assertThat(strangers.exchange(nothing(4), Lane.LOG, () -> {}))
                .containsExactly(Nodes.envelope(1, 4, new Ahead(2)));
        assertThat(counters.dropped()).isEqualTo(1);
    }

    @Test
    void theNodeHeardLongestAgoMakesRoom() {
        Strangers strangers = impatient();
        for (long pid = 100; pid <= 100 + Strangers.MAX_NODES; pid++) {
            strangers.exchange(nothing(100), Lane.LOG, () -> {});
            strangers.exchange(nothing(pid), Lane.LOG, () -> {});
        }
        for (long pid = 100; pid <= 100 + Strangers.MAX_NODES; pid++) {
            strangers.offer(Nodes.envelope(1, pid, new Ahead(1)));
        }

        assertThat(counters.dropped()).isEqualTo(1);
        assertThat(strangers.exchange(nothing(100), Lane.LOG, () -> {})).hasSize(1);
        assertThat(strangers.exchange(nothing(102), Lane.LOG, () -> {})).hasSize(1);
        assertThat(strangers.exchange(nothing(101), Lane.LOG, () -> {})).isEmpty();
    }

    @Test
    void aNodeThatAsksNoMoreIsForgotten() {
        Strangers strangers = impatient();
        strangers.exchange(nothing(4), Lane.LOG, () -> {});
        strangers.offer(Nodes.envelope(1, 4, new Ahead(1)));
        clock.addAndGet(Duration.ofMinutes(1).toNanos() + 1);

        strangers.offer(Nodes.envelope(1, 4, new Ahead(2)));

        assertThat(counters.dropped()).isEqualTo(2);
    }

    @Test
    void onlyAFewQuestionsWaitAtOnce() throws Exception {
        Strangers strangers = patient();
        CountDownLatch handled = new CountDownLatch(Strangers.MAX_WAITING);
        List<CompletableFuture<List<Envelope>>> waiting = new ArrayList<>();
        for (int i = 0; i < Strangers.MAX_WAITING; i++) {
            long pid = 10 + i;
            waiting.add(CompletableFuture.supplyAsync(
                    () -> strangers.exchange(question(pid), Lane.LOG, handled::countDown), Nodes.THREADS));
        }
        assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
        await().until(() -> strangers.freeToWait() == 0);

        assertThat(strangers.exchange(question(4), Lane.LOG, () -> {})).isEmpty();
        assertThat(waiting).noneMatch(CompletableFuture::isDone);

        strangers.close();
        for (CompletableFuture<List<Envelope>> each : waiting) {
            assertThat(each.get(10, TimeUnit.SECONDS)).isEmpty();
        }
    }

    /** Waits for replies much longer than any test takes. */
    private Strangers patient() {
        return strangers(LONG);
    }

    private Strangers impatient() {
        return strangers(Duration.ofMillis(20));
    }

    private Strangers strangers(Duration electionTimeout) {
        HttpTransportSettings settings = new HttpTransportSettings(
                "omnipaxos",
                1,
                "/omnipaxos",
                Duration.ofSeconds(1),
                electionTimeout.compareTo(LONG) < 0 ? Duration.ofSeconds(2) : LONG,
                electionTimeout,
                Nodes.MAX_BYTES,
                PeerSecurity.NONE,
                true);
        return new Strangers(settings, clock::get, counters);
    }

    private static Batch question(long pid) {
        return new Batch("omnipaxos", pid, 1, "boot", List.of(Nodes.envelope(pid, 1, Nodes.fetch(1))));
    }

    private static Batch nothing(long pid) {
        return new Batch("omnipaxos", pid, 1, "boot", List.of());
    }
}
