package io.omnipaxos.replica;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.message.LearningMessage.Fetch;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A leader's way to the next configuration: wait until the nodes that join have the log, end all work that relies on this
 * leadership, and only then append the stop-sign. So nobody can learn that the configuration is over, and lead in the next
 * one, while somebody still acts in this one.
 *
 * @see <a href="https://doi.org/10.1145/3552326.3587441">Ng, Haridi, Carbone: Omni-Paxos: Breaking the Barriers of
 *     Partial Connectivity, EuroSys 2023, section 6</a>
 */
final class Reconfiguration {

    /** In election timeouts: how long a joining node may be silent. */
    private static final int PATIENCE = 4;

    private final Parts parts;
    private final OwnLeadership own;
    private final Introductions introductions;
    private final Map<Long, Candidate> candidates = new TreeMap<>();
    private @Nullable ClusterConfiguration wanted;
    private boolean asked;
    private boolean ending;
    private boolean appended;
    private long sinceTick;
    private long readmittedAtTick;

    /** What is known of a node that fetches the log in order to take part. */
    private static final class Candidate {
        private UUID storage;
        private long heardAtTick;
        private long decidedWhenHeard = Long.MAX_VALUE;
        private boolean caughtUp;

        Candidate(UUID storage) {
            this.storage = storage;
        }
    }

    Reconfiguration(Parts parts, OwnLeadership own, Introductions introductions) {
        this.parts = parts;
        this.own = own;
        this.introductions = introductions;
    }

    /** Begins a change, or refuses it in words. */
    void request(ClusterConfiguration next) {
        ClusterConfiguration present = parts.configuration();
        if (!own.leads()) {
            refuse("this node does not lead");
        } else if (wanted != null) {
            refuse("the change to nodes " + wanted.nodes() + " is going on");
        } else if (own.isEnding() || parts.log().stopSign() != null) {
            refuse("leadership is being given up; ask the next leader");
        } else if (next.id() != present.id() + 1) {
            refuse("configuration " + present.id() + " is in force, so the next one is " + (present.id() + 1) + ", not "
                    + next.id());
        } else {
            begin(next, true);
        }
    }

    /** A node fetches the log. */
    void fetched(long from, Fetch fetch) {
        UUID storage = fetch.storage();
        if (storage == null) {
            return;
        }
        Candidate candidate = candidates.computeIfAbsent(from, pid -> new Candidate(storage));
        candidate.storage = storage;
        // Within one exchange of all that was decided before it.
        candidate.caughtUp = fetch.nextIndex() > candidate.decidedWhenHeard;
        candidate.decidedWhenHeard = parts.log().decidedIndex();
        candidate.heardAtTick = parts.ticks();
        boolean forgetful = parts.configuration().contains(from) && !storage.equals(introductions.known(from));
        if (forgetful && candidate.caughtUp) {
            readmit();
        }
    }

    void tick() {
        candidates.values().removeIf(candidate -> parts.ticks() - candidate.heardAtTick > patienceTicks());
    }

    /** After each input: goes on as the facts allow. */
    void settle() {
        ClusterConfiguration next = wanted;
        if (next == null) {
            return;
        }
        if (appended) {
            if (!parts.paxos().isLeading()) {
                giveUp("leadership was lost before the change was decided; the next leader finds out whether it takes"
                        + " place: look at the configuration then");
            }
        } else if (!own.leads()) {
            giveUp("leadership was lost before the change was decided upon; nothing was changed");
        } else if (!ending && own.isEnding()) {
            giveUp("leadership is being given up; nothing was changed");
        } else if (!ending) {
            String missing = whatIsMissing(next);
            if (missing == null) {
                ending = true;
                own.endForReconfiguration("the next configuration is " + next.nodes());
            } else if (parts.ticks() - sinceTick > patienceTicks() && !isAnyCatchingUp(next)) {
                giveUp(missing + "; nothing was changed");
            }
        }
    }

    /** All work has ended: takes the last entry of this configuration, null if none is wanted. */
    @Nullable
    StopSign takeStopSign() {
        ClusterConfiguration next = wanted;
        if (next == null || !ending || appended) {
            return null;
        }
        appended = true;
        return new StopSign(next.with(storages(next)), firstLeader(next));
    }

    /** With what the members take part, as far as this leader knows. A node that asks to take part knows it best. */
    private SortedMap<Long, UUID> storages(ClusterConfiguration next) {
        TreeMap<Long, UUID> storages = new TreeMap<>();
        for (long pid : next.nodes()) {
            Candidate candidate = candidates.get(pid);
            UUID storage = candidate == null ? introductions.known(pid) : candidate.storage;
            if (pid == parts.pid()) {
                storage = introductions.identity();
            }
            if (storage != null) {
                storages.put(pid, storage);
            }
        }
        return storages;
    }

    /** The stop-sign is decided: those who join ask for it now, and those who followed the leader that has left them. */
    void decided(ClusterConfiguration next) {
        wanted = null;
        for (long pid : next.nodes()) {
            boolean waits = parts.paxos().isLeading() || !parts.configuration().contains(pid);
            if (waits && pid != parts.pid()) {
                parts.send(pid, new Ahead(parts.log().decidedIndex()));
            }
        }
    }

    /** A member that lost its storage begins anew in a configuration of the same nodes. */
    private void readmit() {
        ClusterConfiguration present = parts.configuration();
        boolean pause = parts.ticks() - readmittedAtTick > patienceTicks();
        if (own.leads() && !own.isEnding() && wanted == null && parts.log().stopSign() == null && pause) {
            readmittedAtTick = parts.ticks();
            begin(
                    new ClusterConfiguration(present.id() + 1, present.nodes(), present.quorums(), present.addresses()),
                    false);
        }
    }

    private void begin(ClusterConfiguration next, boolean onRequest) {
        wanted = next;
        asked = onRequest;
        ending = false;
        appended = false;
        sinceTick = parts.ticks();
    }

    /** Why the next configuration could not go on at once, null if it could. */
    private @Nullable String whatIsMissing(ClusterConfiguration next) {
        List<Long> joining = joining(next);
        for (long pid : joining) {
            Candidate candidate = candidates.get(pid);
            if (candidate == null) {
                return "node " + pid + " does not fetch the log: is it started, with the address of a member to join?";
            } else if (!candidate.caughtUp) {
                return "node " + pid + " has not caught up with the log";
            }
        }
        long ready = next.nodes().stream()
                .filter(pid ->
                        pid == parts.pid() || joining.contains(pid) || candidates.containsKey(pid) || own.isInStep(pid))
                .count();
        return ready >= next.quorums().read()
                ? null
                : "only " + ready + " of the nodes " + next.nodes()
                        + " are in step with this leader, and a read quorum is "
                        + next.quorums().read();
    }

    private boolean isAnyCatchingUp(ClusterConfiguration next) {
        return joining(next).stream().anyMatch(pid -> {
            Candidate candidate = candidates.get(pid);
            return candidate != null && !candidate.caughtUp;
        });
    }

    private List<Long> joining(ClusterConfiguration next) {
        return next.nodes().stream()
                .filter(pid -> !parts.configuration().contains(pid))
                .toList();
    }

    /** This node, if it stays; otherwise one that is in step, and best one that is known to stand. */
    private long firstLeader(ClusterConfiguration next) {
        if (next.contains(parts.pid())) {
            return parts.pid();
        }
        List<Long> inStep = next.nodes().stream()
                .filter(pid -> candidates.containsKey(pid) || own.isInStep(pid))
                .toList();
        return inStep.stream().filter(own::isReadyToLead).findFirst().orElse(inStep.isEmpty() ? 0L : inStep.get(0));
    }

    private void giveUp(String reason) {
        wanted = null;
        if (asked) {
            refuse(reason);
        }
    }

    private void refuse(String reason) {
        parts.effects().notice(new Notice.ReconfigurationRefused(reason));
    }

    private long patienceTicks() {
        return (long) PATIENCE * parts.settings().electionTicks();
    }
}
