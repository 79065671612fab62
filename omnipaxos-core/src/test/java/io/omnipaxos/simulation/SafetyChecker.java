package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What must hold in every run whatever happens; a breach ends the run. */
final class SafetyChecker {

    /** A cluster that is checked. */
    interface Cluster {
        Collection<? extends Node> nodes();

        boolean wasProposed(ProposalId id);

        long seed();

        long nowNanos();
    }

    /** A node that is checked. */
    interface Node {
        long pid();

        @Nullable
        Lease lease();

        /** What {@code isLeader()} answers at this instant. */
        boolean isLeader();
    }

    static final long EMPTY_DIGEST = 1;

    private final Cluster cluster;
    private final List<Long> digests = new ArrayList<>(List.of(EMPTY_DIGEST));
    private final List<LogEntry> decided = new ArrayList<>();
    private final Set<String> acknowledged = new TreeSet<>();
    private final Set<String> refused = new TreeSet<>();
    private @Nullable Lease newest;
    private final Map<Ballot, Long> tokenOf = new TreeMap<>();
    int restores;
    int grants;
    int leaderChanges;
    long lastLeaderChangeNanos;

    SafetyChecker(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Never two valid leases at one instant of true time. Leases are only lengthened when they are published. */
    void published(Node node) {
        Lease lease = node.lease();
        if (lease != null && node.isLeader()) {
            checkToken(lease);
            for (Node other : cluster.nodes()) {
                if (other != node && other.isLeader()) {
                    fail("two leases at once: " + node.lease() + " and " + other.lease());
                }
            }
        }
    }

    /** Tokens rise with every leadership that may be acted on; a notice of it may come late. */
    private void checkToken(Lease lease) {
        Long before = tokenOf.put(lease.ballot(), lease.fencingToken());
        if (before != null && before != lease.fencingToken()) {
            fail("two tokens for " + lease.ballot());
        }
        if (newest != null
                && (newest.fencingToken() > lease.fencingToken()
                        || newest.ballot().isAbove(lease.ballot()))) {
            fail(lease + " after " + newest);
        }
        newest = lease;
    }

    void granted() {
        grants++;
    }

    /** Decided prefixes are equal and never change. */
    void applied(Node node, long from, List<LogEntry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            int position = (int) from - 1 + i;
            LogEntry entry = entries.get(i);
            if (position < decided.size()) {
                if (!decided.get(position).equals(entry)) {
                    fail("node " + node.pid() + " applies " + entry + " at " + (position + 1) + " where "
                            + decided.get(position) + " was applied");
                }
            } else {
                decided.add(entry);
                digests.add(digest(digests.get(position), entry));
            }
            if (entry instanceof Command command) {
                applied(node, command);
            }
        }
    }

    /** The digest of a log with one more entry. */
    static long digest(long before, LogEntry entry) {
        return before * 1_000_003 + entry.hashCode();
    }

    /** A snapshot stands for exactly what was decided. */
    void restored(Node node, long index, long digest) {
        if (index >= digests.size() || digests.get((int) index) != digest) {
            fail("node " + node.pid() + " restores a snapshot of " + index + " that is not what was decided");
        }
        restores++;
    }

    private void applied(Node node, Command command) {
        if (refused.contains(command.id().toString())) {
            fail("a refused command was decided: " + command);
        }
        if (!cluster.wasProposed(command.id())) {
            fail("a command that nobody proposed: " + command);
        }
        if (command.id().pid() == node.pid()) {
            acknowledged.add(command.id().toString());
        }
    }

    void refused(ProposalId id) {
        refused.add(id.toString());
    }

    void leaderChanged(Node node, @Nullable Ballot leader) {
        leaderChanges++;
        lastLeaderChangeNanos = cluster.nowNanos();
    }

    /** How many leaderships were acted on. */
    int leaderships() {
        return tokenOf.size();
    }

    int acknowledged() {
        return acknowledged.size();
    }

    List<LogEntry> decided() {
        return decided;
    }

    private void fail(String what) {
        throw new AssertionError(what + " (seed " + cluster.seed() + ", at " + cluster.nowNanos() / 1_000_000 + " ms)");
    }
}
