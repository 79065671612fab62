package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.autoconfigure.OmniPaxosProperties.Limits;
import io.omnipaxos.spring.state.MapLimits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** What follows from the properties: the one place for defaults that depend on other properties. */
final class DerivedSettings {

    private static final Pattern PID = Pattern.compile("[1-9][0-9]{0,17}");
    private static final Duration APPEND_TIMEOUT = Duration.ofSeconds(5);

    private final OmniPaxosProperties properties;
    private final String hostName;

    DerivedSettings(OmniPaxosProperties properties, String hostName) {
        this.properties = properties;
        this.hostName = hostName;
    }

    OmniPaxosProperties properties() {
        return properties;
    }

    String hostName() {
        return hostName;
    }

    static boolean isPid(String text) {
        return PID.matcher(text).matches();
    }

    /** A node without pid and peers is a cluster of its own. */
    long pid() {
        if (properties.pidFromHostname()) {
            return PodName.pid(hostName).orElse(1);
        }
        return Objects.requireNonNullElse(properties.pid(), 1L);
    }

    /** The URLs of all members that are named, this node's as well if it is. */
    Map<Long, String> members() {
        Map<Long, String> members = new TreeMap<>();
        properties.peers().forEach((key, url) -> {
            if (isPid(key)) {
                members.put(Long.valueOf(key), url);
            }
        });
        return members;
    }

    /** The URLs of the others. */
    Map<Long, String> peers() {
        Map<Long, String> peers = members();
        peers.remove(pid());
        return peers;
    }

    Duration electionTimeout() {
        return properties.tickInterval().multipliedBy(properties.electionTickTimeout());
    }

    Duration leaseDuration() {
        return Objects.requireNonNullElseGet(properties.lease().duration(), this::electionTimeout);
    }

    /** Five times in a lease, but no faster than the clock ticks. */
    Duration heartbeatInterval() {
        Duration fifth = leaseDuration().dividedBy(5);
        return fifth.compareTo(properties.tickInterval()) > 0 ? fifth : properties.tickInterval();
    }

    /**
     * As a fraction.
     *
     * @throws NumberFormatException if it is no number
     */
    double maxClockDrift() {
        String text = properties.lease().maxClockDrift().strip();
        return text.endsWith("%")
                ? Double.parseDouble(text.substring(0, text.length() - 1)) / 100
                : Double.parseDouble(text);
    }

    /** Who never leads stands behind everybody, so that a cold start does not wait for it. */
    private int leaderPriority() {
        return properties.participate() ? properties.leaderPriority() : Integer.MIN_VALUE;
    }

    int readQuorum(int nodes) {
        return quorum(properties.flexibleQuorum().readQuorumSize(), nodes);
    }

    int writeQuorum(int nodes) {
        return quorum(properties.flexibleQuorum().writeQuorumSize(), nodes);
    }

    private static int quorum(@Nullable Integer size, int nodes) {
        return size == null ? Quorums.majority(nodes).read() : size;
    }

    Path storageDirectory() {
        String directory = properties.storage().directory();
        return directory == null
                ? Path.of("omnipaxos", properties.clusterId(), String.valueOf(pid()))
                : Path.of(directory);
    }

    Duration leaderlessAfter() {
        return Objects.requireNonNullElseGet(
                properties.health().leaderlessAfter(), () -> electionTimeout().multipliedBy(10));
    }

    /** An eighth of a message: the leader sends an entry at half of it, and a replace carries two values. */
    DataSize mostOfMapValue() {
        return DataSize.ofBytes(properties.transport().maxMessageSize().toBytes() / 8);
    }

    MapLimits mapLimits() {
        Limits limits = properties.map();
        DataSize maxValueSize = Objects.requireNonNullElseGet(limits.maxValueSize(), this::mostOfMapValue);
        return new MapLimits(
                Math.toIntExact(limits.maxKeySize().toBytes()),
                Math.toIntExact(maxValueSize.toBytes()),
                limits.maxEntries(),
                limits.maxSize().toBytes());
    }

    /**
     * Where peers reach a node, as far as it was written on this one: where they share the port of clients, this node's
     * URL for clients is the one for peers as well.
     *
     * @param told written for that very node, null if it was not
     */
    @Nullable
    URI peerUrl(long pid, @Nullable URI told) {
        String own = pid == pid() && properties.transport().port() == null ? properties.advertisedUrl() : null;
        return told == null && own != null ? URI.create(own) : told;
    }

    /** What the others are told of where clients reach this node, null if it is what they know already. */
    @Nullable
    URI ownAdvertisedUrl() {
        String own = properties.advertisedUrl();
        return own == null ? null : URI.create(own);
    }

    /** Where clients are sent for a node that says nothing itself. A port of their own for peers says nothing of the one for clients. */
    @Nullable
    URI advertisedUrl(long pid, @Nullable URI peerUrl) {
        String own = pid == pid() ? properties.advertisedUrl() : null;
        if (own != null) {
            return URI.create(own);
        }
        return properties.transport().port() == null ? peerUrl : null;
    }

    /** For a node that joins, the configuration is none that it may start in: the members tell it theirs. */
    NodeSettings nodeSettings(Set<Long> peers) {
        Set<Long> nodes = new TreeSet<>(peers);
        nodes.add(pid());
        Quorums quorums = properties.join() != null
                ? Quorums.majority(nodes.size())
                : new Quorums(nodes.size(), readQuorum(nodes.size()), writeQuorum(nodes.size()));
        ClusterConfiguration configuration = new ClusterConfiguration(
                properties.configurationId(), nodes.stream().toList(), quorums);
        return NodeSettings.defaults(properties.clusterId(), pid(), configuration).toBuilder()
                .priority(leaderPriority())
                .ticks(
                        properties.tickInterval(),
                        properties.electionTickTimeout(),
                        properties.resendMessageTickTimeout())
                .lease(leaseDuration(), maxClockDrift())
                .drainTimeout(properties.handover().drainTimeout())
                .revokeTimeout(properties.callback().revokeTimeout())
                .appendTimeout(APPEND_TIMEOUT)
                .maxMessageBytes(
                        Math.toIntExact(properties.transport().maxMessageSize().toBytes()))
                .snapshots(
                        properties.storage().snapshotAfterEntries(),
                        properties.storage().snapshotAfterSize().toBytes())
                .interruptsOnLoss(properties.lease().interruptOnLoss())
                .build();
    }
}
