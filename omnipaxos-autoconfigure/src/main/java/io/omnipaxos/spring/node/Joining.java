package io.omnipaxos.spring.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.spring.transport.MembersClient;
import io.omnipaxos.spring.transport.PeerFailure;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a member of the cluster who the members are, again and again until it answers: it may be started later than this
 * node, or have to be told the secret first. Used once. Safe for use by any thread.
 */
final class Joining implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final long pid;
    private final Supplier<@Nullable URI> member;
    private final MembersClient client;
    private final CompletableFuture<ClusterConfiguration> answer = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String words;

    /**
     * Asks nobody yet.
     *
     * @param member the base URL of any member, asked at each attempt; null while it is not known
     * @param client closed by this
     */
    Joining(long pid, Supplier<@Nullable URI> member, MembersClient client) {
        this.pid = pid;
        this.member = member;
        this.client = client;
        this.words = "asks for the members of the cluster";
    }

    /** Begins to ask, on a thread of its own, which also completes what is returned; not at all if this is closed. */
    CompletableFuture<ClusterConfiguration> begin() {
        Thread thread = new Thread(this::ask, "omnipaxos-" + pid + "-join");
        thread.setDaemon(true);
        thread.start();
        return answer;
    }

    /** What it is doing, and why it takes so long, in words. */
    String words() {
        return words;
    }

    @Override
    public void close() {
        closed.countDown();
        client.close();
    }

    private void ask() {
        Duration pause = FIRST_PAUSE;
        while (closed.getCount() > 0) {
            ClusterConfiguration configuration = askOnce();
            if (configuration != null) {
                client.close();
                answer.complete(configuration);
                return;
            }
            try {
                if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException ending) {
                Thread.currentThread().interrupt();
                return;
            }
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        }
    }

    private @Nullable ClusterConfiguration askOnce() {
        try {
            URI url = member.get();
            if (url == null) {
                failed("the URL of a member is not known yet");
                return null;
            }
            ClusterConfiguration configuration = client.ask(url);
            LOG.info(
                    "Node {} joins the cluster of the nodes {} in configuration {}, as {} says",
                    pid,
                    configuration.nodes(),
                    configuration.id(),
                    url);
            return configuration;
        } catch (PeerFailure failure) {
            failed(String.valueOf(failure.getMessage()));
        } catch (RuntimeException | Error unexpected) {
            if (closed.getCount() > 0) {
                LOG.error("Node {}: asking for the members of the cluster failed", pid, unexpected);
                failed(unexpected.toString());
            }
        }
        return null;
    }

    /** Says each reason once, until there is another. */
    private void failed(String reason) {
        String now = "asks for the members of the cluster until a member answers: " + reason;
        if (!now.equals(words) && closed.getCount() > 0) {
            LOG.warn("Node {} joins: {}", pid, now);
        }
        words = now;
    }
}
