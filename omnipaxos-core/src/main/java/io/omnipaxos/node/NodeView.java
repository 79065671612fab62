package io.omnipaxos.node;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.node.NodeEvent.Kind;
import io.omnipaxos.replica.ReplicaStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What other threads may know of the loop's state. Written by the loop, read by any thread. */
final class NodeView {

    private static final int MAX_CHANGES = 50;
    private static final int MAX_EVENTS = 100;

    private final Host host;
    private volatile @Nullable ReplicaStatus status;
    private volatile @Nullable Leader leader;
    private volatile long leaderlessSinceNanos;
    private volatile boolean everLed;
    private volatile Notice.@Nullable Eligibility eligibility;

    /** Guards the three below. */
    private final Object monitor = new Object();

    private long changeCount;
    private final Deque<LeaderChange> changes = new ArrayDeque<>();
    private final Deque<NodeEvent> events = new ArrayDeque<>();

    NodeView(Host host) {
        this.host = host;
        this.leaderlessSinceNanos = host.now().nanos();
    }

    void publish(ReplicaStatus newStatus) {
        status = newStatus;
    }

    LeaderChange leaderChanged(@Nullable Ballot ballot, String reason) {
        Leader newLeader = ballot == null ? null : new Leader(ballot.pid(), ballot);
        if (newLeader != null) {
            everLed = true;
        } else if (leader != null) {
            leaderlessSinceNanos = host.now().nanos();
        }
        leader = newLeader;
        LeaderChange change = new LeaderChange(wallTime(), newLeader, reason);
        synchronized (monitor) {
            changeCount++;
            changes.addLast(change);
            while (changes.size() > MAX_CHANGES) {
                changes.removeFirst();
            }
        }
        happened(Kind.LEADER, newLeader == null ? "no leader: " + reason : reason);
        return change;
    }

    /** Keeps it for those who ask later. Any thread. */
    void happened(Kind kind, String reason) {
        Instant at = wallTime();
        synchronized (monitor) {
            events.addLast(new NodeEvent(at, kind, reason));
            while (events.size() > MAX_EVENTS) {
                events.removeFirst();
            }
        }
    }

    private Instant wallTime() {
        return Instant.ofEpochMilli(host.now().wallMillis());
    }

    @Nullable
    ReplicaStatus status() {
        return status;
    }

    /** The configuration in force, that of the settings as long as the node has not begun. */
    ClusterConfiguration configuration(NodeSettings settings) {
        ReplicaStatus known = status;
        return known == null ? settings.configuration() : known.configuration();
    }

    @Nullable
    Leader leader() {
        return leader;
    }

    /** What was found out about this node's storage in the present configuration, null if nothing yet. */
    void eligibility(Notice.@Nullable Eligibility found) {
        eligibility = found;
    }

    Notice.@Nullable Eligibility eligibility() {
        return eligibility;
    }

    boolean everLed() {
        return everLed;
    }

    /** For how long no leader has been known, null while one is. */
    @Nullable
    Duration leaderless() {
        return leader != null ? null : Duration.ofNanos(host.now().nanos() - leaderlessSinceNanos);
    }

    long changeCount() {
        synchronized (monitor) {
            return changeCount;
        }
    }

    List<LeaderChange> changes() {
        synchronized (monitor) {
            return List.copyOf(changes);
        }
    }

    List<NodeEvent> events() {
        synchronized (monitor) {
            return List.copyOf(events);
        }
    }
}
