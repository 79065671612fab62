package io.omnipaxos.simulation;

import static io.omnipaxos.simulation.Clusters.others;
import static io.omnipaxos.simulation.Clusters.perform;
import static io.omnipaxos.simulation.Clusters.put;
import static io.omnipaxos.simulation.Clusters.runUntilLeader;
import static io.omnipaxos.simulation.Clusters.timeouts;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.node.Elections;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One node is away and comes back, or comes and goes: whoever leads goes on, and its answer to «may I act» is never no.
 * {@code -Dseeds=1000} tries more.
 */
@QuietNodes
class StableLeaderTest {

    private static final long SEEDS = Long.getLong("seeds", 15);
    private static final double TO_AGREE = 6;

    /** How a node is away. */
    private enum Absence {
        CRASHED(ActionKind.CRASH, ActionKind.START),
        WITHOUT_POWER(ActionKind.POWER_CUT, ActionKind.START),
        SHUT_DOWN(ActionKind.SHUT_DOWN, ActionKind.START),
        ISOLATED(ActionKind.ISOLATE, ActionKind.HEAL),
        PAUSED(ActionKind.PAUSE, ActionKind.RESUME),
        SUSPENDED(ActionKind.SUSPEND, ActionKind.RESUME),
        FLAPPING(ActionKind.FLAP, ActionKind.HEAL);

        private final ActionKind begin;
        private final ActionKind end;

        Absence(ActionKind begin, ActionKind end) {
            this.begin = begin;
            this.end = end;
        }

        void begin(Simulation simulation, long pid, long millis) {
            if (begin == ActionKind.FLAP) {
                others(simulation, simulation.node(pid))
                        .forEach(other -> perform(simulation, begin, pid, other.pid(), 20 + millis / 3));
            } else {
                perform(simulation, begin, pid);
            }
        }

        void end(Simulation simulation, long pid) {
            if (end == ActionKind.HEAL) {
                perform(simulation, end);
            } else {
                perform(simulation, end, pid);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoWasAwayDisturbsNobody(Absence absence) {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (int size : new int[] {3, 5}) {
                SplittableRandom random = new SplittableRandom(seed);
                Simulation simulation = Clusters.settled(simulation(seed, size, 0));
                SimulatedNode leader = Clusters.leader(simulation);
                List<SimulatedNode> followers = others(simulation, leader);
                long away = followers.get(random.nextInt(followers.size())).pid();
                for (int i = 0; i < 3; i++) {
                    long millis = random.nextLong(timeouts(8).toMillis());
                    absence.begin(simulation, away, millis);
                    put(simulation, 2);
                    leads(simulation, leader, millis / (double) Clusters.TIMEOUT.toMillis(), seed);
                    absence.end(simulation, away);
                    leads(simulation, leader, random.nextDouble() * 3, seed);
                }
                leads(simulation, leader, TO_AGREE, seed);
                assertUndisturbed(simulation, seed);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CRASHED", "ISOLATED"})
    void whoComesLateWithAHigherPriorityDisturbsNobody(Absence absence) {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (int size : new int[] {3, 5}) {
                Simulation simulation = simulation(seed, size, size);
                simulation.startAll();
                absence.begin(simulation, size, 0);
                if (absence == Absence.CRASHED) {
                    // It is started with the others, within a tick, and is not there for the first time before this
                    // ends.
                    simulation.run(timeouts(0.1));
                    absence.begin(simulation, size, 0);
                }
                SimulatedNode leader = runUntilLeader(simulation, 5);
                put(simulation, 2);
                leads(simulation, leader, 3, seed);

                absence.end(simulation, size);

                leads(simulation, leader, 20, seed);
                assertThat(leader.pid()).isNotEqualTo(size);
                assertUndisturbed(simulation, seed);
            }
        }
    }

    /** That takes a reconfiguration, which costs the leader a moment and no election. */
    @Test
    void whoLostItsDiskIsAdmittedAnewByTheSameLeader() {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (int size : new int[] {3, 5}) {
                Simulation simulation = Clusters.settled(simulation(seed, size, 0));
                SimulatedNode leader = Clusters.leader(simulation);
                long wiped = others(simulation, leader).get(0).pid();
                perform(simulation, ActionKind.REPLACE_DISK, wiped);

                Duration unused = simulation.runUntil(() -> !leader.isLeader(), timeouts(TO_AGREE));
                Duration gap = simulation.runUntil(leader::isLeader, timeouts(0.5));
                leads(simulation, leader, 20, seed);

                assertThat(Clusters.inTimeouts(gap)).isPositive();
                assertThat(simulation.leaderships()).as("seed %d", seed).isEqualTo(2);
                assertThat(simulation.node(wiped).node().status().withoutVote()).isNull();
                Clusters.assertEverybodyHasEverything(simulation, 2);
            }
        }
    }

    private static Simulation simulation(long seed, int size, long preferred) {
        return new Simulation(
                SimulationSettings.of(seed, size),
                Elections.BALLOT,
                process -> SimulatedApplication.NONE,
                node -> node.toBuilder()
                        .priority(node.pid() == preferred ? 1 : 0)
                        .build());
    }

    private static void leads(Simulation simulation, SimulatedNode leader, double time, long seed) {
        try {
            simulation.runWhile(leader::isLeader, timeouts(time));
        } catch (Violation disturbed) {
            throw new AssertionError("seed " + seed + ": " + disturbed.getMessage(), disturbed);
        }
    }

    private static void assertUndisturbed(Simulation simulation, long seed) {
        assertThat(simulation.leaderships()).as("seed %d", seed).isEqualTo(1);
        Clusters.assertEverybodyHasEverything(simulation, 1);
        simulation.checkNodes();
    }
}
