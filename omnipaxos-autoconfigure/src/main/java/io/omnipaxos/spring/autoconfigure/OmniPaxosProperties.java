package io.omnipaxos.spring.autoconfigure;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/**
 * Properties of the node. Defaults that depend on other properties are derived in one place.
 *
 * @param enabled Whether this node takes part. Where it does not, leader-only work never runs.
 * @param pid Number of this node in the cluster, positive. Required with peers and to join, otherwise defaults to 1.
 * @param pidFromHostname Whether to take the pid from the ordinal that ends the host name, as in the pods of a
 *     StatefulSet; app-0 is 1.
 * @param peers Base URLs of the members, with their context path, by pid. The entry of this node is ignored. Defaults to
 *     none, a cluster of one.
 * @param join Base URL of any member of a running cluster, with its context path, that this node is to join. Instead of
 *     peers. Not asked any more once this node knows the members. Defaults to none.
 * @param clusterId Name of the cluster. Messages of other clusters are refused.
 * @param configurationId Number of the first configuration. Reconfigurations count on from it.
 * @param tickInterval Period of the clock of the protocol.
 * @param electionTickTimeout Ticks in one heartbeat round, the election timeout.
 * @param resendMessageTickTimeout Ticks after which unanswered messages are sent again.
 * @param leaderPriority Tie-break between candidates for leadership. The higher wins.
 * @param participate Whether this node stands for election. Where it does not, it votes and holds the log, but never
 *     leads.
 * @param flexibleQuorum Sizes of quorums.
 * @param lease Lease of the leader.
 * @param storage Where the node keeps what it may never forget.
 * @param transport Messages between peers.
 * @param advertisedUrl Base URL at which clients reach this node. Defaults to the peer URL, unless peers use a port of
 *     their own.
 * @param routing Requests that this node sends on to the leader.
 * @param handover Planned changes of leader.
 * @param callback Callbacks of leadership.
 * @param health Health indicator.
 * @param map Limits of the replicated maps. Keep them the same on every node.
 * @param redis Use of Redis, which never decides who leads.
 */
@ConfigurationProperties(prefix = "omnipaxos", ignoreUnknownFields = false)
public record OmniPaxosProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable Long pid,
        @DefaultValue("false") boolean pidFromHostname,
        @DefaultValue Map<String, String> peers,
        @Nullable String join,
        @DefaultValue("omnipaxos") String clusterId,
        @DefaultValue("1") long configurationId,
        @DefaultValue("50ms") Duration tickInterval,
        @DefaultValue("10") int electionTickTimeout,
        @DefaultValue("5") int resendMessageTickTimeout,
        @DefaultValue("0") int leaderPriority,
        @DefaultValue("true") boolean participate,
        @DefaultValue FlexibleQuorum flexibleQuorum,
        @DefaultValue Lease lease,
        @DefaultValue Storage storage,
        @DefaultValue Transport transport,
        @Nullable String advertisedUrl,
        @DefaultValue Routing routing,
        @DefaultValue Handover handover,
        @DefaultValue Callback callback,
        @DefaultValue Health health,
        @DefaultValue Limits map,
        @DefaultValue Redis redis)
        implements Validator {

    /**
     * Sizes of quorums.
     *
     * @param readQuorumSize Number of nodes that must take part in an election. Defaults to the majority.
     * @param writeQuorumSize Number of nodes that must take part in a decision and in a lease. Defaults to the
     *     majority.
     */
    public record FlexibleQuorum(
            @Nullable Integer readQuorumSize, @Nullable Integer writeQuorumSize) {}

    /**
     * Lease of the leader.
     *
     * @param duration How long followers promise to follow nobody else. Defaults to the election timeout.
     * @param maxClockDrift Bound for the rate error of each machine's clock, as a fraction or in percent.
     * @param interruptOnLoss Whether to interrupt the threads of leader-only work that still runs when the lease is lost.
     */
    public record Lease(
            @Nullable Duration duration,
            @DefaultValue("1%") String maxClockDrift,
            @DefaultValue("false") boolean interruptOnLoss) {}

    /**
     * Where the node keeps what it may never forget.
     *
     * @param type Kind of storage.
     * @param directory Directory of the files, for this node alone. Defaults to ./omnipaxos/[cluster-id]/[pid].
     * @param snapshotAfterEntries How many entries of the log lead to a snapshot of the state.
     * @param snapshotAfterSize How much of the log leads to a snapshot of the state; never less than the last one took.
     * @param redis Storage in Redis, for nodes without a lasting disk.
     */
    public record Storage(
            @DefaultValue("file") Type type,
            @Nullable String directory,
            @DefaultValue("100000") long snapshotAfterEntries,
            @DefaultValue("64MB") DataSize snapshotAfterSize,
            @DefaultValue RedisStorage redis) {

        /** Kind of storage. */
        public enum Type {
            /** Files on the local disk, synced before anything is answered. */
            FILE,
            /** Redis, with Spring Data Redis; for nodes without a lasting disk. */
            REDIS,
            /** Nothing survives the process. For tests. */
            MEMORY
        }
    }

    /**
     * Storage in Redis, for nodes without a lasting disk.
     *
     * @param keyPrefix What all keys of the storage begin with; cluster-id and pid follow.
     * @param commandTimeout How long a command may take. A command that is not answered by then stops the node.
     * @param ownerTimeout How long a node goes on without hearing from Redis. After a crash it takes as long until the
     *     node can be started again.
     * @param acceptDataLoss Whether to start with a Redis that may lose what it has confirmed. Each restart or failover of
     *     it then counts as a lost disk.
     */
    public record RedisStorage(
            @DefaultValue("omnipaxos") String keyPrefix,
            @DefaultValue("2s") Duration commandTimeout,
            @DefaultValue("5s") Duration ownerTimeout,
            @DefaultValue("false") boolean acceptDataLoss) {}

    /**
     * Messages between peers.
     *
     * @param path Path under which peers are answered.
     * @param connectTimeout How long to wait for a connection to a peer.
     * @param requestTimeout How long to wait for the answer of a peer.
     * @param maxMessageSize Largest batch of messages to one peer.
     * @param port Port for peers alone. Defaults to the one of the application, where load may delay heartbeats.
     * @param sharedSecret Secret with which peers sign their messages. This or an SSL bundle is required as soon as a
     *     peer is on another host.
     * @param sharedSecretPrevious Former secret, accepted and signed with as well while nodes are given a new one in turn.
     *     Defaults to none.
     * @param sslBundle Name of the SSL bundle for mutual TLS between peers. Proves who a peer is where there is no shared
     *     secret. Defaults to none.
     */
    public record Transport(
            @DefaultValue("/omnipaxos") String path,
            @DefaultValue("1s") Duration connectTimeout,
            @DefaultValue("5s") Duration requestTimeout,
            @DefaultValue("1MB") DataSize maxMessageSize,
            @Nullable Integer port,
            @Nullable String sharedSecret,
            @Nullable String sharedSecretPrevious,
            @Nullable String sslBundle) {

        /** Keeps the secrets out of logs. */
        @Override
        public String toString() {
            return "Transport[path=" + path + ", port=" + port + ", sslBundle=" + sslBundle + "]";
        }
    }

    /**
     * Requests that this node sends on to the leader.
     *
     * @param responseTimeout How long to wait for the leader to take or bring the next part of a forwarded request or of
     *     its answer.
     * @param maxConnections Most requests that are forwarded at once. More are answered 503.
     * @param sslBundle Name of the SSL bundle for forwarding to a leader at an https URL. Defaults to the one of the
     *     transport, or else to what the JVM trusts.
     */
    public record Routing(
            @DefaultValue("30s") Duration responseTimeout,
            @DefaultValue("100") int maxConnections,
            @Nullable String sslBundle) {}

    /**
     * Planned changes of leader.
     *
     * @param drainTimeout How long running leader-only work may take to end.
     */
    public record Handover(@DefaultValue("10s") Duration drainTimeout) {}

    /**
     * Callbacks of leadership.
     *
     * @param revokeTimeout How long the successor waits for the callbacks of the node that gives leadership up.
     */
    public record Callback(@DefaultValue("10s") Duration revokeTimeout) {}

    /**
     * Health indicator.
     *
     * @param leaderlessAfter Time without a leader after which the node is out of service. Defaults to ten election
     *     timeouts.
     */
    public record Health(@Nullable Duration leaderlessAfter) {}

    /**
     * Limits of the replicated maps.
     *
     * @param maxKeySize Largest key, and longest name of a map.
     * @param maxValueSize Largest value. Defaults to an eighth of the largest message, which is also the most, so that
     *     two values fit into one.
     * @param maxEntries Most entries in one map.
     * @param maxSize Most keys and values in one map together.
     */
    public record Limits(
            @DefaultValue("512B") DataSize maxKeySize,
            @Nullable DataSize maxValueSize,
            @DefaultValue("100000") int maxEntries,
            @DefaultValue("64MB") DataSize maxSize) {}

    /**
     * Use of Redis.
     *
     * @param publishLeader Whether the leader makes itself known in the key and channel omnipaxos:[cluster-id]:leader, for
     *     readers outside the cluster.
     */
    public record Redis(@DefaultValue("false") boolean publishLeader) {}

    @Override
    public boolean supports(Class<?> type) {
        return type == OmniPaxosProperties.class;
    }

    /** Reports all faults together. A node that is switched off needs no peers, secret or directory. */
    @Override
    public void validate(Object target, Errors errors) {
        OmniPaxosProperties properties = (OmniPaxosProperties) target;
        if (properties.enabled) {
            new PropertyChecks(new DerivedSettings(properties, PodName.hostName()), errors).run();
        }
    }
}
