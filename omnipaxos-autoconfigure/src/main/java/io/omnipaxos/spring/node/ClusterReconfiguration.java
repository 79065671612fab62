package io.omnipaxos.spring.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.ReconfigurationException;
import io.omnipaxos.node.ReconfigurationRequest;
import io.omnipaxos.spring.transport.BaseUrl;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Changes the members of the cluster while it runs, on the leader. Every request tells the next members all addresses
 * that this node knows, so that a node which joins reaches all of them. A bean; safe for use by any thread.
 */
public final class ClusterReconfiguration {

    private final RestartableNode node;
    private final PeerUrls urls;

    public ClusterReconfiguration(RestartableNode node, PeerUrls urls) {
        this.node = node;
        this.urls = urls;
    }

    /**
     * Makes these nodes the members, with majorities as quorums.
     *
     * @param nodes the pids of all members, those that stay included
     * @param newUrls the base URLs of members that this node does not know yet, or that have moved, by pid
     * @return as of {@link #reconfigure(ReconfigurationRequest)}
     */
    public CompletableFuture<ClusterConfiguration> reconfigure(Set<Long> nodes, Map<Long, URI> newUrls) {
        SortedMap<Long, String> addresses = new TreeMap<>();
        newUrls.forEach((pid, url) -> addresses.put(pid, url.toString()));
        return reconfigure(new ReconfigurationRequest(new TreeSet<>(nodes), null, addresses, 0));
    }

    /**
     * Makes the next configuration what is asked for.
     *
     * @param request addresses that it leaves out are filled in
     * @return completes with the next configuration once its members have decided something themselves; fails with
     *     {@link ReconfigurationException} where this node does not lead, where a new member has no address, or whatever
     *     else keeps it from happening; the message says what, and whether anything may have changed
     */
    public CompletableFuture<ClusterConfiguration> reconfigure(ReconfigurationRequest request) {
        ReconfigurationRequest filled = withKnownAddresses(request);
        String fault = faultOf(filled);
        return fault == null
                ? node.reconfigure(filled)
                : CompletableFuture.failedFuture(new ReconfigurationException(fault));
    }

    /** The request with all addresses of its nodes that this node knows; those that it names itself win. */
    public ReconfigurationRequest withKnownAddresses(ReconfigurationRequest request) {
        SortedMap<Long, String> addresses = new TreeMap<>(request.addresses());
        for (long pid : request.nodes()) {
            URI known = urls.of(pid);
            if (known != null) {
                addresses.putIfAbsent(pid, known.toString());
            }
        }
        return new ReconfigurationRequest(request.nodes(), request.quorums(), addresses, request.configurationId());
    }

    private @Nullable String faultOf(ReconfigurationRequest request) {
        for (Map.Entry<Long, String> address : request.addresses().entrySet()) {
            String fault = BaseUrl.fault(address.getValue());
            if (fault != null) {
                return "the URL of node " + address.getKey() + ", " + address.getValue() + ", " + fault;
            }
        }
        ClusterConfiguration present =
                node.status().map(NodeStatus::configuration).orElse(null);
        for (long pid : request.nodes()) {
            boolean isNew = present != null && !present.contains(pid);
            if (isNew && !request.addresses().containsKey(pid)) {
                return "no URL of the new node " + pid + " is known: name it with the request, as in " + pid
                        + "=http://10.0.0." + pid + ":8080";
            }
        }
        return null;
    }
}
