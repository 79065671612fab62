package io.omnipaxos.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import java.time.Duration;

/**
 * How a node runs. See {@link #defaults} for the usual values.
 *
 * @param clusterId messages of another cluster are refused
 * @param pid this node; a member of the configuration, or a node that is to become one
 * @param configuration the members and their quorums, as long as the storage knows of no newer configuration
 * @param priority tie-break between candidates; the higher wins
 * @param tickInterval period of the loop's clock, positive
 * @param electionTicks ticks in one heartbeat round, the election timeout; positive
 * @param resendTicks ticks after which unanswered messages are sent again; positive
 * @param leaseDuration what followers grant; at most the election timeout
 * @param maxClockDrift bound of each machine's clock-rate error, as a fraction: 0.01 is 1 %; at least 0, below 1
 * @param drainTimeout how long a planned change of leader waits for running leader-only work
 * @param revokeTimeout how long it waits for {@link io.omnipaxos.leadership.LeadershipListener#revoked}
 * @param appendTimeout after which an append without an answer ends as unknown
 * @param maxMessageBytes the largest batch of entries in one message, at least 4096
 * @param snapshotEntries after how many applied entries a snapshot is taken; positive
 * @param snapshotBytes after how many bytes of applied entries, if those come first; positive. In either case not before
 *     as many bytes were applied as the last snapshot was long
 * @param interruptsOnLoss whether the threads of running leader-only work are interrupted where the lease is lost before
 *     the work has ended; otherwise only the fencing token protects what it still writes
 */
public record NodeSettings(
        String clusterId,
        long pid,
        ClusterConfiguration configuration,
        int priority,
        Duration tickInterval,
        int electionTicks,
        int resendTicks,
        Duration leaseDuration,
        double maxClockDrift,
        Duration drainTimeout,
        Duration revokeTimeout,
        Duration appendTimeout,
        int maxMessageBytes,
        long snapshotEntries,
        long snapshotBytes,
        boolean interruptsOnLoss) {

    private static final int HEARTBEATS_PER_LEASE = 5;
    private static final int LEAST_MESSAGE_BYTES = 4096;

    public NodeSettings {
        positive("tick interval", tickInterval);
        positive("lease duration", leaseDuration);
        positive("append timeout", appendTimeout);
        if (electionTicks < 1 || resendTicks < 1) {
            throw new IllegalArgumentException(
                    "election and resend ticks are positive, not " + electionTicks + " and " + resendTicks);
        }
        if (maxMessageBytes < LEAST_MESSAGE_BYTES) {
            throw new IllegalArgumentException("a message has room for at least " + LEAST_MESSAGE_BYTES
                    + " bytes, or no command would fit into it, not for " + maxMessageBytes);
        }
        if (snapshotEntries < 1 || snapshotBytes < 1) {
            throw new IllegalArgumentException("a snapshot is taken after at least one entry and one byte, not after "
                    + snapshotEntries + " entries and " + snapshotBytes + " bytes");
        }
        if (!(maxClockDrift >= 0 && maxClockDrift < 1)) {
            throw new IllegalArgumentException("the clock drift is a fraction from 0 to below 1, not " + maxClockDrift);
        }
        Duration election = tickInterval.multipliedBy(electionTicks);
        if (leaseDuration.compareTo(election) > 0) {
            throw new IllegalArgumentException("a lease of " + leaseDuration + " outlasts the election timeout of "
                    + election + ": shorten the lease or lengthen the timeout");
        }
        Duration missed = tickInterval.multipliedBy(3L * heartbeatTicks(tickInterval, leaseDuration) + 1);
        long held = (long) (leaseDuration.toNanos() * ((1 - maxClockDrift) / (1 + maxClockDrift)));
        if (missed.toNanos() >= held) {
            throw new IllegalArgumentException("a lease of " + leaseDuration + " is too short for ticks of "
                    + tickInterval + ": three heartbeats and a tick take " + missed + " and must be less than "
                    + Duration.ofNanos(held) + "; use shorter ticks or a longer lease");
        }
    }

    private static void positive(String what, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException("the " + what + " is positive, not " + duration);
        }
    }

    private static int heartbeatTicks(Duration tick, Duration lease) {
        return (int) Math.max(1, lease.dividedBy(HEARTBEATS_PER_LEASE).dividedBy(tick));
    }

    /** Ticks between two heartbeats of a leader. */
    public int heartbeatTicks() {
        return heartbeatTicks(tickInterval, leaseDuration);
    }

    /**
     * The default values: ticks of 50 ms, ten in an election timeout, which is the lease as well, 1 % drift, a snapshot
     * after 100,000 entries or 64 MiB. */
    public static NodeSettings defaults(String clusterId, long pid, ClusterConfiguration configuration) {
        return new NodeSettings(
                clusterId,
                pid,
                configuration,
                0,
                Duration.ofMillis(50),
                10,
                5,
                Duration.ofMillis(500),
                0.01,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                1 << 20,
                100_000,
                64 << 20,
                false);
    }

    /** A copy of these settings, to be changed. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** The time of one heartbeat round. */
    public Duration electionTimeout() {
        return tickInterval.multipliedBy(electionTicks);
    }

    /** Changes settings. What each means and may be is said at {@link NodeSettings}. Used by one thread. */
    public static final class Builder {

        private final String clusterId;
        private final long pid;
        private ClusterConfiguration configuration;
        private int priority;
        private Duration tickInterval;
        private int electionTicks;
        private int resendTicks;
        private Duration leaseDuration;
        private double maxClockDrift;
        private Duration drainTimeout;
        private Duration revokeTimeout;
        private Duration appendTimeout;
        private int maxMessageBytes;
        private long snapshotEntries;
        private long snapshotBytes;
        private boolean interruptsOnLoss;

        private Builder(NodeSettings settings) {
            clusterId = settings.clusterId;
            pid = settings.pid;
            configuration = settings.configuration;
            priority = settings.priority;
            tickInterval = settings.tickInterval;
            electionTicks = settings.electionTicks;
            resendTicks = settings.resendTicks;
            leaseDuration = settings.leaseDuration;
            maxClockDrift = settings.maxClockDrift;
            drainTimeout = settings.drainTimeout;
            revokeTimeout = settings.revokeTimeout;
            appendTimeout = settings.appendTimeout;
            maxMessageBytes = settings.maxMessageBytes;
            snapshotEntries = settings.snapshotEntries;
            snapshotBytes = settings.snapshotBytes;
            interruptsOnLoss = settings.interruptsOnLoss;
        }

        public Builder configuration(ClusterConfiguration other) {
            configuration = other;
            return this;
        }

        public Builder priority(int other) {
            priority = other;
            return this;
        }

        public Builder ticks(Duration interval, int ofElection, int untilResend) {
            tickInterval = interval;
            electionTicks = ofElection;
            resendTicks = untilResend;
            return this;
        }

        public Builder lease(Duration duration, double clockDrift) {
            leaseDuration = duration;
            maxClockDrift = clockDrift;
            return this;
        }

        public Builder drainTimeout(Duration other) {
            drainTimeout = other;
            return this;
        }

        public Builder revokeTimeout(Duration other) {
            revokeTimeout = other;
            return this;
        }

        public Builder appendTimeout(Duration other) {
            appendTimeout = other;
            return this;
        }

        public Builder maxMessageBytes(int other) {
            maxMessageBytes = other;
            return this;
        }

        public Builder snapshots(long afterEntries, long afterBytes) {
            snapshotEntries = afterEntries;
            snapshotBytes = afterBytes;
            return this;
        }

        public Builder interruptsOnLoss(boolean interrupts) {
            interruptsOnLoss = interrupts;
            return this;
        }

        /**
         * The settings as they are now.
         *
         * @throws IllegalArgumentException if the values do not go together; the message says what to change
         */
        public NodeSettings build() {
            return new NodeSettings(
                    clusterId,
                    pid,
                    configuration,
                    priority,
                    tickInterval,
                    electionTicks,
                    resendTicks,
                    leaseDuration,
                    maxClockDrift,
                    drainTimeout,
                    revokeTimeout,
                    appendTimeout,
                    maxMessageBytes,
                    snapshotEntries,
                    snapshotBytes,
                    interruptsOnLoss);
        }
    }
}
