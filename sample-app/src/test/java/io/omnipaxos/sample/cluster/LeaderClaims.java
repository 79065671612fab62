package io.omnipaxos.sample.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.sample.cluster.SampleNode.Leading;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Asks every node again and again whether it leads, each on a thread of its own.
 *
 * <p>An answer was true at some moment between question and answer. So a claim that was wholly before another must not
 * have the higher token: then the older leader would have led after the newer one.
 */
public final class LeaderClaims implements AutoCloseable {

    private static final long PAUSE_MILLIS = 20;

    private final Queue<Claim> claims = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService threads;

    private record Claim(Leading leading, long askedAt, long answeredAt) {}

    public LeaderClaims(List<SampleNode> nodes) {
        threads = Executors.newScheduledThreadPool(nodes.size());
        nodes.forEach(node -> threads.scheduleWithFixedDelay(() -> ask(node), 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS));
    }

    private void ask(SampleNode node) {
        long askedAt = System.nanoTime();
        node.leading().ifPresent(leading -> claims.add(new Claim(leading, askedAt, System.nanoTime())));
    }

    /** How many claims a token has had so far. */
    public long count(long token) {
        return claims.stream().filter(claim -> claim.leading().token() == token).count();
    }

    /** How many claims there have been of leaderships after the one of this token. */
    public long countAfter(long token) {
        return claims.stream().filter(claim -> claim.leading().token() > token).count();
    }

    /** The longest time for which no node said that it leads, between the first claim and the last. */
    public Duration longestGap() {
        List<Claim> byQuestion =
                claims.stream().sorted(Comparator.comparingLong(Claim::askedAt)).toList();
        long longest = 0;
        long lastAnswer = Long.MAX_VALUE;
        for (Claim claim : byQuestion) {
            longest = Math.max(longest, claim.askedAt() - lastAnswer);
            lastAnswer = lastAnswer == Long.MAX_VALUE ? claim.answeredAt() : Math.max(lastAnswer, claim.answeredAt());
        }
        return Duration.ofNanos(longest);
    }

    public void assertNeverTwo() {
        List<Claim> all = List.copyOf(claims);
        List<Claim> byAnswer =
                all.stream().sorted(Comparator.comparingLong(Claim::answeredAt)).toList();
        List<Claim> byQuestion =
                all.stream().sorted(Comparator.comparingLong(Claim::askedAt)).toList();
        assertThat(byQuestion).isNotEmpty();
        Map<Long, Long> owners = new HashMap<>();
        Iterator<Claim> answered = byAnswer.iterator();
        Claim next = answered.next();
        long highest = 0;
        for (Claim claim : byQuestion) {
            // A claim is answered after it is asked, so that there is always a next one here.
            while (next.answeredAt() < claim.askedAt()) {
                highest = Math.max(highest, next.leading().token());
                next = answered.next();
            }
            assertThat(claim.leading().token()).as("token of %s", claim).isGreaterThanOrEqualTo(highest);
            Long owner =
                    owners.putIfAbsent(claim.leading().token(), claim.leading().pid());
            assertThat(owner)
                    .as("owner of the token of %s", claim)
                    .isIn(null, claim.leading().pid());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
