package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.storage.Storage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What must hold in every run, whatever happens. Checked with every lease that begins to count, every write that becomes
 * visible, every command that is applied and every answer that is given. The first breach is kept, and ends the run.
 */
final class Invariants {

    private static final int ALL_BYTES = Integer.MAX_VALUE;

    private final Timeline timeline;
    private @Nullable Violation violation;

    private final Map<Long, Holder> holders = new TreeMap<>();
    private final Map<Ballot, Long> tokens = new HashMap<>();
    private @Nullable Lease newest;
    private final Map<Long, Holder> lastLeases = new TreeMap<>();
    private final Set<Work> runningWork = new LinkedHashSet<>();
    private final Map<Long, Long> appliedIndexes = new TreeMap<>();
    private long highestAcknowledged;

    private final List<LogEntry> decided = new ArrayList<>();
    /** By index from 1: the token of the leadership in which the entry stands. */
    private final List<Long> tokenAt = new ArrayList<>(List.of(0L));

    private final Map<Long, Operation> proposed = new HashMap<>();
    private final Map<Long, Long> appliedAt = new HashMap<>();
    private final Map<Long, Long> firstAppliedTime = new HashMap<>();
    private final Map<Long, Long> digestAt = new HashMap<>();
    private final Set<Long> neverToBeApplied = new HashSet<>();
    private long newestDecided;
    private long acknowledged;
    private long restores;

    /**
     * Leader-only work that ends within the time that a handover waits for it.
     *
     * @param fencingToken of its admission
     */
    record Work(long pid, long fencingToken) {}

    /** A node's lease as it counts now, and the clock that it counts on. */
    private record Holder(Lease lease, SimulatedClock clock) {}

    Invariants(Timeline timeline) {
        this.timeline = timeline;
    }

    /** @throws Violation if something was broken so far */
    void check() {
        if (violation != null) {
            throw violation;
        }
    }

    void broken(String what) {
        if (violation == null) {
            violation = new Violation(what + ", at " + timeline.now() / 1_000_000 + " ms");
        }
    }

    // leases

    /** Never two valid leases at one instant of true time. A lease never becomes valid again by itself. */
    void published(long pid, @Nullable Lease lease, SimulatedClock clock) {
        if (lease == null) {
            holders.remove(pid);
            return;
        }
        Holder holder = new Holder(lease, clock);
        holders.put(pid, holder);
        if (!holds(holder)) {
            return;
        }
        lastLeases.put(pid, holder);
        checkToken(pid, lease);
        checkWorkHasEnded(pid, lease);
        holders.forEach((otherPid, other) -> {
            if (otherPid != pid && holds(other)) {
                broken("two leases at once: node " + pid + " has " + lease + ", node " + otherPid + " has "
                        + other.lease());
            }
        });
    }

    private boolean holds(Holder holder) {
        return holder.lease().holdsAt(holder.clock().at(timeline.now()));
    }

    /** One token and one leader for each ballot, and both rise; a new leader knows all that was acknowledged. */
    private void checkToken(long pid, Lease lease) {
        Long before = tokens.putIfAbsent(lease.ballot(), lease.fencingToken());
        if (before == null && appliedIndexes.getOrDefault(pid, 0L) < highestAcknowledged) {
            broken("node " + pid + " leads with " + appliedIndexes.get(pid) + " applied, where " + highestAcknowledged
                    + " was acknowledged");
        }
        if (before != null && before != lease.fencingToken()) {
            broken("two tokens for one ballot: " + before + " and " + lease);
        }
        Lease last = newest;
        if (last != null && !last.ballot().equals(lease.ballot())) {
            boolean rises = lease.ballot().isAbove(last.ballot()) && lease.fencingToken() > last.fencingToken();
            if (!rises) {
                broken(lease + " begins after " + last);
            }
        }
        newest = lease;
    }

    /** Work of another leadership has ended, unless the lease that protected it ran out. */
    private void checkWorkHasEnded(long pid, Lease lease) {
        for (Work work : runningWork) {
            Holder protection = lastLeases.get(work.pid());
            boolean protectedStill =
                    protection != null && protection.lease().fencingToken() == work.fencingToken() && holds(protection);
            if (work.pid() != pid && work.fencingToken() != lease.fencingToken() && protectedStill) {
                broken("node " + pid + " leads with " + lease + " while " + work + " runs");
            }
        }
    }

    void workBegan(Work work) {
        runningWork.add(work);
    }

    void workEnded(Work work) {
        runningWork.remove(work);
    }

    /** The process has ended. */
    void ended(long pid) {
        holders.remove(pid);
        lastLeases.remove(pid);
        appliedIndexes.remove(pid);
        runningWork.removeIf(work -> work.pid() == pid);
    }

    /** Whether a node may act as leader at this instant. */
    boolean leads(long pid) {
        Holder holder = holders.get(pid);
        return holder != null && holds(holder);
    }

    // the log

    /**
     * Decided prefixes are equal and never change.
     *
     * @param first the index of the first of the entries
     * @param entries that a node knows to be decided
     */
    void decided(long pid, long first, List<LogEntry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            decided(pid, first + i, entries.get(i));
        }
    }

    private void decided(long pid, long index, LogEntry entry) {
        if (index <= decided.size()) {
            LogEntry known = decided.get((int) index - 1);
            if (!known.equals(entry)) {
                broken("node " + pid + " decides " + entry + " at " + index + " where " + known + " was decided");
            }
        } else if (index == decided.size() + 1L) {
            decided.add(entry);
            tokenAt.add(entry instanceof LeadershipEntry ? index : tokenAt.get((int) index - 1));
            if (entry instanceof Command command) {
                checkProposed(command);
            }
        } else {
            broken("node " + pid + " decides index " + index + ", but nobody decided " + (decided.size() + 1));
        }
    }

    private void checkProposed(Command command) {
        Operation operation = Operation.of(command.payload());
        if (!operation.equals(proposed.get(operation.number()))) {
            broken("a command that nobody proposed is decided: " + operation);
        }
        newestDecided = Math.max(newestDecided, operation.number());
    }

    void proposed(Operation operation) {
        proposed.put(operation.number(), operation);
    }

    // what is applied

    /** Each command is applied once, where it was decided, and not on behalf of a leadership that was over. */
    void applied(long pid, long index, Command command, Operation operation, long digest, Storage storage) {
        // That it is decided need not have been written.
        long first = Math.max(decided.size(), storage.state().compactedIndex()) + 1;
        if (first <= index) {
            decided(pid, first, storage.read(first, index, ALL_BYTES));
        }
        LogEntry known = index <= decided.size() ? decided.get((int) index - 1) : null;
        if (!command.equals(known)) {
            broken("node " + pid + " applies " + operation + " at " + index + ", where " + known + " was decided");
            return;
        }
        Long before = appliedAt.putIfAbsent(operation.number(), index);
        firstAppliedTime.putIfAbsent(operation.number(), timeline.now());
        if (before != null && before != index) {
            broken("node " + pid + " applies " + operation + " at " + index + ", which was applied at " + before);
        }
        if (neverToBeApplied.contains(operation.number())) {
            broken("node " + pid + " applies " + operation + ", which was refused");
        }
        long token = tokenAt.get((int) index);
        if (command.fencingToken() != 0 && command.fencingToken() != token) {
            broken("node " + pid + " applies " + operation + " of leadership " + command.fencingToken()
                    + " in leadership " + token);
        }
        appliedIndexes.put(pid, index);
        sameState(pid, index, digest);
    }

    /** A snapshot stands for exactly what was applied. */
    void restored(long pid, long index, long digest) {
        restores++;
        appliedIndexes.put(pid, index);
        if (index == 0 ? digest != Registers.EMPTY_DIGEST : !digestAt.containsKey(index)) {
            broken("node " + pid + " restores a state of index " + index + " that nobody had");
        } else if (index > 0) {
            sameState(pid, index, digest);
        }
    }

    private void sameState(long pid, long index, long digest) {
        Long known = digestAt.putIfAbsent(index, digest);
        if (known != null && known != digest) {
            broken("the state of node " + pid + " at " + index + " is not that of the others");
        }
    }

    // answers

    void acknowledged(Operation operation, long index) {
        acknowledged++;
        highestAcknowledged = Math.max(highestAcknowledged, index);
        Long applied = appliedAt.get(operation.number());
        if (applied == null || applied != index) {
            broken(operation + " is acknowledged at " + index + ", but applied at " + applied);
        }
    }

    /** A proposer was told that it surely does not take effect. */
    void refused(Operation operation) {
        neverToBeApplied.add(operation.number());
        if (appliedAt.containsKey(operation.number())) {
            broken(operation + " is refused, but was applied");
        }
    }

    /**
     * Checks the answers to all calls. One without an answer took effect when somebody first applied it, at the latest, or
     * not at all; without that the search would be long.
     */
    void checkLinearizable(History history) {
        history.byKey().forEach((key, calls) -> {
            List<History.Call> effective = new ArrayList<>();
            for (History.Call call : calls) {
                Long applied = firstAppliedTime.get(call.operation().number());
                if (call.hasReturned()) {
                    effective.add(call);
                } else if (applied != null) {
                    effective.add(call.doneBy(applied));
                }
            }
            // Log order explains all answers, unless something is broken.
            effective.sort(Comparator.comparingLong(
                    call -> appliedAt.getOrDefault(call.operation().number(), Long.MAX_VALUE)));
            if (!Linearizability.explains(effective)) {
                broken("no order explains the answers of register " + key + ": " + calls);
            }
        });
        check();
    }

    // figures

    long decidedEntries() {
        return decided.size();
    }

    /** Every entry that is known to be decided, from index 1 on. */
    List<LogEntry> decided() {
        return Collections.unmodifiableList(decided);
    }

    /** The highest number of an operation that is decided: later ones have higher numbers. */
    long newestDecided() {
        return newestDecided;
    }

    long leaderships() {
        return tokens.size();
    }

    long acknowledgedCount() {
        return acknowledged;
    }

    long restores() {
        return restores;
    }
}
