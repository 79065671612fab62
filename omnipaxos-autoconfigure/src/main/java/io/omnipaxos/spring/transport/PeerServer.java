package io.omnipaxos.spring.transport;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves peers on a port of their own, so that no load on the application's port delays a heartbeat; also where the
 * application has no web server at all.
 *
 * <p>HTTP itself is Apache HttpCore's, which is there with the client. It was preferred to an embedded Tomcat, which
 * would come into applications that run on another server or none, and to the JDK's server, whose read timeouts are
 * system properties of the whole JVM, so that a few slow senders could hold all of its threads. HttpCore's own
 * {@code HttpServer} is not used, only what serves one connection: its threads are unbounded, and its listener ends for
 * good at the first failed accept, such as when file descriptors run out.
 *
 * <p>TLS is laid over each accepted connection, rather than over the port, so that new connections use the certificates
 * of the day.
 *
 * <p>Bounds: one daemon thread for each connection, and a bounded number of them. When there are more, the oldest one
 * that never brought a good request is closed, so that idle or slow strangers do not keep a peer out; so is every one
 * that completed no request for half a minute. Bodies are bounded in size and time by {@link PeerEndpoint}.
 */
public final class PeerServer implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(PeerServer.class);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int TICK_MILLIS = 1_000;
    private static final int PAUSE_MILLIS = 100;
    private static final int THREAD_IDLE_SECONDS = 10;

    /** Enough for the two lanes of many members, for nodes that join, and for what a broken network leaves behind. */
    static final int MAX_CONNECTIONS = 128;

    private final PeerEndpoint endpoint;
    private final long pid;
    private final int requestedPort;
    private final @Nullable PeerTls tls;
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicLong threadNumber = new AtomicLong();
    private final ExecutorService threads;

    private @Nullable ServerSocket listening;

    /**
     * Makes a server that is not open yet. Where the endpoint's settings have TLS, it speaks nothing else, and every peer
     * must show a certificate that is trusted.
     *
     * @param endpoint what it serves
     * @param port 0 for any free one
     */
    public PeerServer(PeerEndpoint endpoint, int port) {
        this.endpoint = endpoint;
        this.requestedPort = port;
        this.tls = endpoint.settings().security().tls();
        this.pid = endpoint.settings().pid();
        // Twice, as a connection that was closed to make room needs its thread for a moment longer.
        this.threads = new ThreadPoolExecutor(
                0, 2 * MAX_CONNECTIONS, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), this::thread);
    }

    /**
     * Opens the port, on all interfaces.
     *
     * @throws PeerPortException if it is in use or not allowed
     */
    public synchronized void open() {
        try {
            ServerSocket socket = new ServerSocket(requestedPort);
            socket.setSoTimeout(TICK_MILLIS);
            listening = socket;
            threads.execute(() -> accept(socket));
        } catch (IOException | IllegalArgumentException inUse) {
            throw new PeerPortException(requestedPort, inUse);
        }
    }

    /** The port that is open. */
    public synchronized int port() {
        if (listening == null) {
            throw new IllegalStateException("the server is not open");
        }
        return listening.getLocalPort();
    }

    int openConnections() {
        return connections.size();
    }

    @Override
    public synchronized void close() {
        closed.countDown();
        if (listening != null) {
            try {
                listening.close();
            } catch (IOException alreadyGone) {
                logger.debug("Node {}: closing the port for peers failed", pid, alreadyGone);
            }
        }
        connections.forEach(ServerConnection::close);
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
                logger.debug("Node {}: a request of a peer still runs", pid);
            }
        } catch (InterruptedException whileClosing) {
            Thread.currentThread().interrupt();
        }
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "omnipaxos-" + pid + "-peer-server-" + threadNumber.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    private void accept(ServerSocket socket) {
        while (closed.getCount() > 0) {
            try {
                serve(socket.accept());
            } catch (SocketTimeoutException nobodyCame) {
                // Only to look after the others below.
            } catch (IOException | RuntimeException failure) {
                if (!pauseAfter(failure)) {
                    return;
                }
            }
            closeUseless();
        }
    }

    /** A failed accept, for want of file descriptors for example, must not make the node deaf for good. */
    private boolean pauseAfter(Exception failure) {
        if (closed.getCount() == 0) {
            return false;
        }
        logger.warn("Node {}: a connection of a peer could not be accepted: {}", pid, failure.toString());
        try {
            return !closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException closing) {
            return false;
        }
    }

    private void serve(Socket socket) {
        ServerConnection connection = new ServerConnection(endpoint, socket, IDLE, material());
        connections.add(connection);
        while (connections.size() > MAX_CONNECTIONS) {
            connections.stream()
                    .min(Comparator.comparing(ServerConnection::isProven)
                            .thenComparingLong(ServerConnection::lastCompleted))
                    .ifPresent(this::drop);
        }
        try {
            threads.execute(() -> {
                try {
                    connection.run();
                } finally {
                    drop(connection);
                }
            });
        } catch (RejectedExecutionException noThreadLeft) {
            drop(connection);
        }
    }

    /** Those that are idle, and those whose certificates may not be trusted any more. A peer makes a new one at once. */
    private void closeUseless() {
        long now = System.nanoTime();
        PeerTls.Material present = material();
        for (ServerConnection connection : connections) {
            if (now - connection.lastCompleted() > IDLE.toNanos() || !Objects.equals(connection.tls(), present)) {
                drop(connection);
            }
        }
    }

    private PeerTls.@Nullable Material material() {
        return tls == null ? null : tls.present();
    }

    private void drop(ServerConnection connection) {
        connections.remove(connection);
        connection.close();
    }
}
