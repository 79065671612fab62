package io.omnipaxos.simulation;

import static io.omnipaxos.simulation.Clusters.perform;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A fault that hits a cluster with a leader, and goes on until it is healed. */
enum Outage {
    CRASH("the leader crashes") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            perform(simulation, ActionKind.CRASH, leader);
        }
    },
    RESTART("the leader crashes and is started at once") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            perform(simulation, ActionKind.CRASH, leader);
            perform(simulation, ActionKind.START, leader);
        }
    },
    ISOLATED("nobody reaches the leader") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            perform(simulation, ActionKind.ISOLATE, leader);
        }
    },
    QUORUM_LOSS("quorum-loss: all reach one follower only") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            star(simulation, followers.get(0));
        }
    },
    CONSTRAINED("constrained: the same without the leader, and that follower's log is behind") {
        @Override
        void prepare(Simulation simulation, long leader, List<Long> followers) {
            perform(simulation, ActionKind.CUT_BOTH, leader, followers.get(0));
        }

        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            star(simulation, followers.get(0));
            perform(simulation, ActionKind.ISOLATE, leader);
        }
    },
    CHAINED("chained: leader and one follower do not reach each other") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            perform(simulation, ActionKind.CUT_BOTH, leader, followers.get(0));
        }
    },
    STAR("all reach the leader only") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            star(simulation, leader);
        }
    },
    LINE_FROM_MIDDLE("a line with the leader in the middle") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            List<Long> order = new ArrayList<>(followers);
            order.add(followers.size() / 2, leader);
            line(simulation, order);
        }
    },
    LINE_FROM_END("a line with the leader at an end") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            List<Long> order = new ArrayList<>(followers);
            order.add(0, leader);
            line(simulation, order);
        }
    },
    DEAF_TO_ONE("the leader cannot hear one follower") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            perform(simulation, ActionKind.CUT, followers.get(0), leader);
        }
    },
    DEAF_TO_MOST("the leader cannot hear most followers") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            tooMany(simulation, followers).forEach(pid -> perform(simulation, ActionKind.CUT, pid, leader));
        }
    },
    UNHEARD_BY_ONE("one follower cannot hear the leader") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            perform(simulation, ActionKind.CUT, leader, followers.get(0));
        }
    },
    UNHEARD_BY_MOST("most followers cannot hear the leader") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            tooMany(simulation, followers).forEach(pid -> perform(simulation, ActionKind.CUT, leader, pid));
        }
    },
    UNHEARD_BY_ALL("no follower can hear the leader") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            followers.forEach(pid -> perform(simulation, ActionKind.CUT, leader, pid));
        }
    },
    ONE_WAY("one follower cannot hear another") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            perform(simulation, ActionKind.CUT, followers.get(0), followers.get(1));
        }
    },
    FLAPPING("the link between leader and a follower flaps") {
        @Override
        void strike(Simulation simulation, long leader, List<Long> followers) {
            long period = 20 + simulation.now().toMillis() % 2000;
            perform(simulation, ActionKind.FLAP, leader, followers.get(0), period);
        }
    };

    private final String label;

    Outage(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** What happens shortly before. */
    void prepare(Simulation simulation, long leader, List<Long> followers) {}

    /** Happens. */
    abstract void strike(Simulation simulation, long leader, List<Long> followers);

    /** Is over: all links are whole, and whoever is down is started. */
    static void heal(Simulation simulation) {
        perform(simulation, ActionKind.HEAL);
        simulation.nodes().forEach(node -> perform(simulation, ActionKind.START, node.pid()));
    }

    static List<Long> shuffled(List<Long> pids, RandomGenerator random) {
        List<Long> left = new ArrayList<>(pids);
        List<Long> shuffled = new ArrayList<>();
        while (!left.isEmpty()) {
            shuffled.add(left.remove(random.nextInt(left.size())));
        }
        return shuffled;
    }

    private static void star(Simulation simulation, long hub) {
        keepLinks(simulation, (a, b) -> a == hub || b == hub);
    }

    private static void line(Simulation simulation, List<Long> order) {
        keepLinks(simulation, (a, b) -> Math.abs(order.indexOf(a) - order.indexOf(b)) == 1);
    }

    /** Whether there is a link between two nodes. */
    private interface Topology {
        boolean has(long a, long b);
    }

    private static void keepLinks(Simulation simulation, Topology topology) {
        for (SimulatedNode a : simulation.nodes()) {
            for (SimulatedNode b : simulation.nodes()) {
                if (a.pid() < b.pid() && !topology.has(a.pid(), b.pid())) {
                    perform(simulation, ActionKind.CUT_BOTH, a.pid(), b.pid());
                }
            }
        }
    }

    /** So many that the leader and those that are left are one too few for a write quorum. */
    private static List<Long> tooMany(Simulation simulation, List<Long> followers) {
        int write = simulation
                .nodes()
                .iterator()
                .next()
                .node()
                .status()
                .configuration()
                .quorums()
                .write();
        return followers.subList(0, followers.size() + 2 - write);
    }
}
