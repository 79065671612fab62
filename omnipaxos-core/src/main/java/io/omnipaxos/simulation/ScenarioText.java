package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.simulation.SimulationSettings.Disks;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Scenarios as text: a line for each setting, then one for each action. What follows a # is a comment. */
final class ScenarioText {

    private final Map<String, String> values = new TreeMap<>();

    private ScenarioText() {}

    static String of(Scenario scenario) {
        SimulationSettings settings = scenario.settings();
        LinkConditions link = settings.link();
        String head = String.join(
                "\n",
                "seed " + settings.seed(),
                "nodes " + settings.nodes(),
                "spares " + settings.spares(),
                "read-quorum " + settings.quorums().read(),
                "write-quorum " + settings.quorums().write(),
                "latency-nanos " + link.latencyNanos(),
                "spread " + link.spread(),
                "slow-share " + link.slowShare(),
                "loss " + link.loss(),
                "duplication " + link.duplication(),
                "ordered " + link.ordered(),
                "bytes-per-second " + link.bytesPerSecond(),
                "sync-nanos " + settings.syncNanos(),
                "disks " + settings.disks().name().toLowerCase(Locale.ROOT),
                "clock-drift " + settings.clockDrift(),
                "drain-nanos " + settings.drainNanos(),
                "message-bytes " + settings.messageBytes(),
                "snapshot-entries " + settings.snapshotEntries());
        return head + "\n"
                + scenario.plan().stream().map(action -> action + "\n").collect(Collectors.joining());
    }

    static Scenario parse(String text) {
        ScenarioText read = new ScenarioText();
        List<Action> plan = new ArrayList<>();
        text.lines()
                .map(line -> line.replaceFirst("#.*", "").trim())
                .filter(line -> !line.isEmpty())
                .forEach(line -> {
                    if (Character.isDigit(line.charAt(0))) {
                        plan.add(Action.parse(line));
                    } else {
                        read.takeSetting(line);
                    }
                });
        Scenario scenario = new Scenario(read.settings(), plan);
        if (!read.values.isEmpty()) {
            throw new IllegalArgumentException("unknown settings: " + read.values.keySet());
        }
        return scenario;
    }

    private void takeSetting(String line) {
        String[] words = line.split("\\s+", -1);
        if (words.length != 2) {
            throw new IllegalArgumentException("'" + line + "' is no setting: write 'nodes 3'");
        }
        if (values.put(words[0], words[1]) != null) {
            throw new IllegalArgumentException("'" + words[0] + "' is set twice");
        }
    }

    /** What is not set is as in a healthy cluster. */
    private SimulationSettings settings() {
        int nodes = (int) number("nodes", 3);
        SimulationSettings usual = SimulationSettings.of(number("seed", 0), nodes);
        LinkConditions link = usual.link();
        Quorums quorums =
                new Quorums(nodes, (int) number("read-quorum", usual.quorums().read()), (int)
                        number("write-quorum", usual.quorums().write()));
        return new SimulationSettings(
                usual.seed(),
                nodes,
                (int) number("spares", 0),
                quorums,
                new LinkConditions(
                        number("latency-nanos", link.latencyNanos()),
                        fraction("spread", link.spread()),
                        fraction("slow-share", link.slowShare()),
                        fraction("loss", link.loss()),
                        fraction("duplication", link.duplication()),
                        Boolean.parseBoolean(value("ordered", "" + link.ordered())),
                        number("bytes-per-second", link.bytesPerSecond())),
                number("sync-nanos", usual.syncNanos()),
                Disks.valueOf(value("disks", usual.disks().name()).toUpperCase(Locale.ROOT)),
                fraction("clock-drift", usual.clockDrift()),
                number("drain-nanos", usual.drainNanos()),
                (int) number("message-bytes", usual.messageBytes()),
                number("snapshot-entries", usual.snapshotEntries()));
    }

    private String value(String name, String usual) {
        String value = values.remove(name);
        return value == null ? usual : value;
    }

    private long number(String name, long usual) {
        String value = value(name, "" + usual);
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + value + "' for '" + name + "' is no whole number", e);
        }
    }

    private double fraction(String name, double usual) {
        String value = value(name, "" + usual);
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + value + "' for '" + name + "' is no number", e);
        }
    }
}
