package io.omnipaxos.spring.actuate;

import io.omnipaxos.leadership.Leader;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.actuate.NodeDescription.ConfigurationDescription;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/** Adds to {@code info} which node this is, who leads and who the members are, as far as this node knows. */
public final class OmniPaxosInfoContributor implements InfoContributor {

    private final Supplier<Optional<NodeStatus>> status;

    /** @param status of the node, empty before its first start; then nothing is added */
    public OmniPaxosInfoContributor(Supplier<Optional<NodeStatus>> status) {
        this.status = status;
    }

    @Override
    public void contribute(Info.Builder builder) {
        status.get().ifPresent(node -> builder.withDetail("omnipaxos", describe(node)));
    }

    private static Map<String, @Nullable Object> describe(NodeStatus node) {
        Leader leader = node.leader();
        Map<String, @Nullable Object> details = new LinkedHashMap<>();
        details.put("pid", node.pid());
        details.put("clusterId", node.clusterId());
        details.put("isLeader", node.isLeader());
        details.put("leader", leader == null ? null : leader.pid());
        details.put("configuration", ConfigurationDescription.of(node.configuration()));
        return details;
    }
}
