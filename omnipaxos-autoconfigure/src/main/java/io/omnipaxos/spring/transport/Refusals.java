package io.omnipaxos.spring.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what was refused to those who did not prove to be peers, by the address that it came from. Each address has a
 * budget of refusals that fills up again with time. One without any left is told so, and no work is done for it that a
 * peer does not need in order to get in from the same address: peers may share one with a broken or hostile program, on
 * one host or behind one router.
 *
 * <p>Also says in the log who is refused and why: a line a minute for each address, and few for all. The addresses that were refused
 * something longest ago are forgotten when there are too many; those of IPv6 count as one for each network of 64 bits, as
 * a single machine has as many as it likes. Safe for use by any thread.
 */
final class Refusals {

    static final int BURST = 64;
    static final int PER_SECOND = 8;
    static final int MAX_ADDRESSES = 1024;

    private static final Logger logger = LoggerFactory.getLogger(Refusals.class);
    private static final long NANOS_EACH = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long PEER_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int MAX_PEERS = 256;
    private static final int LINES_A_MINUTE = 20;
    private static final int BYTES_OF_NETWORK = 8;
    private static final InetAddress UNKNOWN = new InetSocketAddress(0).getAddress();

    private final long pid;
    private final LongSupplier nanoTime;
    private final Map<InetAddress, Budget> budgets = new Recent<>(MAX_ADDRESSES);

    /** When a peer was last heard from an address. Strangers do not get in here, and so displace nobody. */
    private final Map<InetAddress, Long> peers = new Recent<>(MAX_PEERS);

    private long minuteOfLog;
    private int lines;

    Refusals(long pid, LongSupplier nanoTime) {
        this.pid = pid;
        this.nanoTime = nanoTime;
        this.minuteOfLog = nanoTime.getAsLong();
    }

    /**
     * Something was refused.
     *
     * @param remote null if it is not known
     * @param reason in words, for the log
     * @return whether it was more than the address had left
     */
    synchronized boolean count(@Nullable InetAddress remote, String reason) {
        long now = nanoTime.getAsLong();
        Budget budget = budgets.computeIfAbsent(network(remote), unseen -> new Budget(now));
        budget.fill(now);
        boolean exceeded = budget.left == 0;
        budget.left = Math.max(0, budget.left - 1);
        budget.refused++;
        if (budget.isLineDue(now) && mayLog(now)) {
            budget.logged = now;
            logger.warn(
                    "Node {} refused {} requests or connections from {}, the last one because: {}",
                    pid,
                    budget.refused,
                    remote == null ? "an unknown address" : remote.getHostAddress(),
                    reason.replaceAll("\\p{Cntrl}", " "));
            budget.refused = 0;
        }
        return exceeded;
    }

    /** Whether an address has nothing left. */
    synchronized boolean isExceeded(@Nullable InetAddress remote) {
        Budget budget = budgets.get(network(remote));
        if (budget == null) {
            return false;
        }
        budget.fill(nanoTime.getAsLong());
        return budget.left == 0;
    }

    /** A peer proved itself from there. */
    synchronized void heardPeer(InetAddress remote) {
        peers.put(network(remote), nanoTime.getAsLong());
    }

    /** Whether a handshake, the dearest thing that a stranger can ask for, is worth while. */
    synchronized boolean mayConnect(InetAddress remote) {
        if (!isExceeded(remote)) {
            return true;
        }
        Long heard = peers.get(network(remote));
        return heard != null && nanoTime.getAsLong() - heard < PEER_NANOS;
    }

    private boolean mayLog(long now) {
        if (now - minuteOfLog >= QUIET_NANOS) {
            minuteOfLog = now;
            lines = 0;
        }
        lines++;
        return lines <= LINES_A_MINUTE;
    }

    private static InetAddress network(@Nullable InetAddress remote) {
        if (!(remote instanceof Inet6Address)) {
            return remote == null ? UNKNOWN : remote;
        }
        byte[] bytes = remote.getAddress();
        Arrays.fill(bytes, BYTES_OF_NETWORK, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException cannotHappenForSixteenBytes) {
            return remote;
        }
    }

    private static final class Budget {

        private int left = BURST;
        private long filled;
        private long refused;
        private @Nullable Long logged;

        private Budget(long now) {
            filled = now;
        }

        private void fill(long now) {
            long earned = (now - filled) / NANOS_EACH;
            left = (int) Math.min(BURST, left + earned);
            filled += earned * NANOS_EACH;
        }

        private boolean isLineDue(long now) {
            return logged == null || now - logged >= QUIET_NANOS;
        }
    }

    /** Forgets what was used longest ago. */
    private static final class Recent<V> extends LinkedHashMap<InetAddress, V> {

        private static final long serialVersionUID = 1L;
        private static final float LOAD_FACTOR = 0.75f;

        private final int most;

        private Recent(int most) {
            super(16, LOAD_FACTOR, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, V> eldest) {
            return size() > most;
        }
    }
}
