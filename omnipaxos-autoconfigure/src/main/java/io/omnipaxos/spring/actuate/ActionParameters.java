package io.omnipaxos.spring.actuate;

import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.node.ReconfigurationRequest;
import io.omnipaxos.spring.transport.BaseUrl;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * Reads the parameters of actions, which come as text, and says of what is wrong what to write instead.
 *
 * @param to the successor of a transfer
 * @param nodes the pids of all next members, separated by commas
 * @param urls base URLs by pid, as in {@code 4=http://10.0.0.4:8080}, separated by commas
 * @param readQuorumSize of the next configuration
 * @param writeQuorumSize of the next configuration
 * @param configurationId of the configuration that is to be changed
 */
record ActionParameters(
        @Nullable String to,
        @Nullable String nodes,
        @Nullable String urls,
        @Nullable String readQuorumSize,
        @Nullable String writeQuorumSize,
        @Nullable String configurationId) {

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
    private static final Pattern SIZE = Pattern.compile("[1-9][0-9]{0,4}");
    private static final String SEPARATORS = ", \t\r\n";

    long successor() throws ActionRefusedException {
        return number("to", to, "write the pid of the node that is to lead, as in {\"action\":\"transfer\",\"to\":2}");
    }

    ReconfigurationRequest reconfiguration() throws ActionRefusedException {
        SortedSet<Long> members = members();
        long id = configurationId == null
                ? 0
                : number("configurationId", configurationId, "write the id of the configuration that is in force");
        try {
            return new ReconfigurationRequest(members, quorums(members.size()), addresses(members), id);
        } catch (IllegalArgumentException impossible) {
            throw new ActionRefusedException(400, String.valueOf(impossible.getMessage()));
        }
    }

    private SortedSet<Long> members() throws ActionRefusedException {
        String example = "write the pids of all next members, those that stay included, as in"
                + " {\"action\":\"reconfigure\",\"nodes\":\"1,2,4\",\"urls\":\"4=http://10.0.0.4:8080\"}";
        SortedSet<Long> members = new TreeSet<>();
        for (String pid : StringUtils.tokenizeToStringArray(nodes, SEPARATORS)) {
            if (!members.add(number("nodes", pid, example))) {
                throw new ActionRefusedException(400, "nodes names node " + pid + " twice: " + example);
            }
        }
        if (members.isEmpty()) {
            throw new ActionRefusedException(400, "nodes is missing: " + example);
        }
        return members;
    }

    private SortedMap<Long, String> addresses(SortedSet<Long> members) throws ActionRefusedException {
        SortedMap<Long, String> addresses = new TreeMap<>();
        String example = "write base URLs by pid, as in 4=http://10.0.0.4:8080,5=http://10.0.0.5:8080";
        for (String entry : StringUtils.tokenizeToStringArray(urls, SEPARATORS)) {
            String[] parts = entry.split("=", 2);
            if (parts.length < 2) {
                throw new ActionRefusedException(400, "urls has " + shown(entry) + ": " + example);
            }
            long pid = number("urls", parts[0], example);
            String fault = BaseUrl.fault(parts[1]);
            if (fault != null) {
                throw new ActionRefusedException(400, "the URL of node " + pid + ", " + shown(parts[1]) + ", " + fault);
            }
            if (!members.contains(pid)) {
                throw new ActionRefusedException(
                        400, "urls names node " + pid + ", which is not among the nodes " + members);
            }
            addresses.put(pid, parts[1]);
        }
        return addresses;
    }

    private @Nullable Quorums quorums(int members) throws ActionRefusedException {
        if (readQuorumSize == null && writeQuorumSize == null) {
            return null;
        }
        Quorums majorities = Quorums.majority(members);
        return new Quorums(
                members,
                Objects.requireNonNullElse(size("readQuorumSize", readQuorumSize), majorities.read()),
                Objects.requireNonNullElse(size("writeQuorumSize", writeQuorumSize), majorities.write()));
    }

    private static @Nullable Integer size(String name, @Nullable String text) throws ActionRefusedException {
        if (text == null) {
            return null;
        }
        if (!SIZE.matcher(text.strip()).matches()) {
            throw new ActionRefusedException(
                    400, name + " is " + shown(text) + ": write a number of nodes, or leave it out for the majority");
        }
        return Integer.valueOf(text.strip());
    }

    private static long number(String name, @Nullable String text, String advice) throws ActionRefusedException {
        if (text == null || text.isBlank()) {
            throw new ActionRefusedException(400, name + " is missing: " + advice);
        }
        if (!NUMBER.matcher(text.strip()).matches()) {
            throw new ActionRefusedException(400, name + " has " + shown(text) + ", no positive number: " + advice);
        }
        return Long.parseLong(text.strip());
    }

    /** What was sent, on one line, and not all of it if it is long. */
    private static String shown(String text) {
        int shownCharacters = Math.min(60, text.length());
        return "'" + text.substring(0, shownCharacters).replaceAll("\\p{Cntrl}", " ") + "'";
    }
}
