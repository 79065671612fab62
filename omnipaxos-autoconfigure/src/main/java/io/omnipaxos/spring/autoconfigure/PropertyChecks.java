package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.autoconfigure.OmniPaxosProperties.Limits;
import io.omnipaxos.spring.autoconfigure.OmniPaxosProperties.RedisStorage;
import io.omnipaxos.spring.autoconfigure.OmniPaxosProperties.Transport;
import io.omnipaxos.spring.transport.BaseUrl;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.Errors;

/** Looks at every value and at what must hold between them, and says of each fault what to write instead. */
final class PropertyChecks {

    private static final Pattern CLUSTER_ID = Pattern.compile("[a-z0-9-]{1,63}");
    private static final Pattern KEY_PREFIX = Pattern.compile("[a-zA-Z0-9._:-]{1,100}");
    private static final Pattern TRANSPORT_PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)+");

    private final DerivedSettings settings;
    private final OmniPaxosProperties properties;
    private final Errors errors;

    PropertyChecks(DerivedSettings settings, Errors errors) {
        this.settings = settings;
        this.properties = settings.properties();
        this.errors = errors;
    }

    void run() {
        checkPid();
        properties.peers().forEach(this::checkPeer);
        checkJoin();
        checkCluster();
        checkTransport();
        checkRouting();
        checkStorage();
        checkBudgets();
        checkMapLimits();
        new TimingChecks(settings, errors).run();
        if (properties.join() == null) {
            // A cluster that takes this node in has quorums of its own; one file may serve all nodes.
            new QuorumChecks(settings, errors).run();
        }
    }

    private void checkPid() {
        Long pid = properties.pid();
        if (properties.pidFromHostname()) {
            if (pid != null) {
                reject("pid", "stands beside omnipaxos.pid-from-hostname; remove one of the two");
            }
            if (PodName.pid(settings.hostName()).isEmpty()) {
                reject(
                        "pidFromHostname",
                        "needs a host name that ends in an ordinal, as app-0 does, but this host is '"
                                + settings.hostName() + "'; set omnipaxos.pid instead");
            }
        } else if (pid == null && !properties.peers().isEmpty()) {
            reject("pid", "is missing, but there are peers; set omnipaxos.pid to a positive number of this node's own");
        } else if (pid == null && properties.join() != null) {
            reject(
                    "pid",
                    "is missing, but this node joins a cluster; set omnipaxos.pid to a positive number that no member"
                            + " has");
        } else if (pid != null && pid < 1) {
            reject("pid", "must be positive; write 1 or more");
        }
    }

    private void checkPeer(String key, @Nullable String url) {
        String field = "peers[" + key + "]";
        if (!DerivedSettings.isPid(key)) {
            reject(field, "must be named by the pid of the peer, a positive number, as in omnipaxos.peers.2");
        }
        String fault = BaseUrl.fault(url);
        if (fault != null) {
            reject(field, fault);
        }
    }

    private void checkJoin() {
        String join = properties.join();
        if (join == null) {
            return;
        }
        String fault = BaseUrl.fault(join);
        if (fault != null) {
            reject("join", fault);
        }
        if (!settings.peers().isEmpty()) {
            reject(
                    "join",
                    "stands beside omnipaxos.peers; write omnipaxos.peers on the first nodes of a new cluster, and"
                            + " omnipaxos.join alone on a node that a running cluster takes in");
        }
    }

    private void checkCluster() {
        if (!CLUSTER_ID.matcher(properties.clusterId()).matches()) {
            reject("clusterId", "must be 1 to 63 characters of a-z, 0-9 and -; write for example my-cluster");
        }
        if (properties.configurationId() < 1) {
            reject("configurationId", "must be positive; write 1 for a new cluster");
        }
        String advertisedUrl = properties.advertisedUrl();
        String fault = advertisedUrl == null ? null : BaseUrl.fault(advertisedUrl);
        if (fault != null) {
            reject("advertisedUrl", fault);
        }
    }

    private void checkTransport() {
        Transport transport = properties.transport();
        if (!TRANSPORT_PATH.matcher(transport.path()).matches()) {
            reject("transport.path", "must begin with / and not end with it; write for example /omnipaxos");
        }
        checkTimeout("transport.connectTimeout", transport.connectTimeout(), "1s");
        checkTimeout("transport.requestTimeout", transport.requestTimeout(), "5s");
        long bytes = transport.maxMessageSize().toBytes();
        if (bytes < 4096 || bytes > Integer.MAX_VALUE) {
            reject("transport.maxMessageSize", "must be at least 4KB and less than 2GB; write for example 1MB");
        }
        Integer port = transport.port();
        if (port != null && (port < 0 || port > 65535)) {
            reject("transport.port", "must be a port, from 1 to 65535, or 0 for any that is free");
        }
        new SecurityChecks(settings, errors).run();
    }

    private void checkRouting() {
        checkTimeout("routing.responseTimeout", properties.routing().responseTimeout(), "30s");
        if (properties.routing().maxConnections() < 1) {
            reject("routing.maxConnections", "must be positive; write for example 100");
        }
        String bundle = properties.routing().sslBundle();
        if (bundle != null && bundle.isBlank()) {
            reject("routing.sslBundle", "is empty; write the name of an SSL bundle, or leave it out");
        }
    }

    private void checkStorage() {
        if (properties.storage().snapshotAfterEntries() < 1) {
            reject("storage.snapshotAfterEntries", "must be positive; leave it out for 100000");
        }
        if (properties.storage().snapshotAfterSize().toBytes() < 1) {
            reject("storage.snapshotAfterSize", "must be positive; leave it out for 64MB");
        }
        switch (properties.storage().type()) {
            case FILE -> checkDirectory();
            case REDIS -> checkRedisStorage(properties.storage().redis());
            case MEMORY -> {
                // Nothing to check.
            }
        }
    }

    private void checkRedisStorage(RedisStorage redis) {
        if (!KEY_PREFIX.matcher(redis.keyPrefix()).matches()) {
            reject(
                    "storage.redis.keyPrefix",
                    "must be 1 to 100 characters of a-z, A-Z, 0-9, and any of . _ : -; write for example omnipaxos");
        }
        checkTimeout("storage.redis.commandTimeout", redis.commandTimeout(), "2s");
        if (redis.ownerTimeout().compareTo(redis.commandTimeout()) < 0) {
            reject(
                    "storage.redis.ownerTimeout",
                    "must be at least omnipaxos.storage.redis.command-timeout, " + redis.commandTimeout()
                            + ": the node hears nothing while a command takes its time");
        }
    }

    private void checkDirectory() {
        try {
            if (TemporaryDirectory.contains(settings.storageDirectory())) {
                reject(
                        "storage.directory",
                        "lies in " + settings.storageDirectory().toAbsolutePath() + ", under the temporary directory, "
                                + "which is emptied without asking: a node that forgets its promises breaks the "
                                + "cluster; name a lasting directory, or set omnipaxos.storage.type=memory in tests");
            }
        } catch (InvalidPathException invalid) {
            reject("storage.directory", "is no path here: " + invalid.getReason() + "; write for example ./omnipaxos");
        }
    }

    private void checkBudgets() {
        Map.of(
                        "handover.drainTimeout", properties.handover().drainTimeout(),
                        "callback.revokeTimeout", properties.callback().revokeTimeout())
                .forEach((field, timeout) -> {
                    if (timeout.isNegative()) {
                        reject(field, "must not be negative; write 0s to wait for nothing");
                    }
                });
        Duration leaderlessAfter = properties.health().leaderlessAfter();
        if (leaderlessAfter != null) {
            checkTimeout("health.leaderlessAfter", leaderlessAfter, "5s");
        }
    }

    private void checkMapLimits() {
        Limits limits = properties.map();
        checkMapSize("map.maxKeySize", limits.maxKeySize());
        if (limits.maxValueSize() != null) {
            checkMapSize("map.maxValueSize", limits.maxValueSize());
        }
        if (limits.maxEntries() < 1) {
            reject("map.maxEntries", "must be positive; write for example 100000");
        }
        if (limits.maxSize().toBytes() < 1) {
            reject("map.maxSize", "must be positive; write for example 64MB");
        }
    }

    private void checkMapSize(String field, DataSize size) {
        DataSize most = settings.mostOfMapValue();
        if (size.toBytes() < 1 || size.compareTo(most) > 0) {
            reject(
                    field,
                    "must be positive and at most " + most + ", an eighth of omnipaxos.transport.max-message-size: "
                            + "all of a write goes into one message");
        }
    }

    /** Sockets count milliseconds, and take none for no limit. */
    private void checkTimeout(String field, Duration timeout, String example) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0) {
            reject(field, "must be at least 1ms; write for example " + example);
        }
    }

    private void reject(String field, String reason) {
        errors.rejectValue(field, "invalid", reason);
    }
}
