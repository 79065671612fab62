package io.omnipaxos.storage;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.StopSign;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How values stand in a storage: big-endian, texts and collections behind their length, a payload up to the entry's end. */
public final class Encoding {

    public static final int BALLOT_BYTES = 28;
    public static final int UUID_BYTES = 16;

    private static final byte COMMAND = 1;
    private static final byte LEADERSHIP = 2;
    private static final byte STOP_SIGN = 3;

    private Encoding() {}

    public static void putBallot(ByteBuffer target, Ballot ballot) {
        target.putLong(ballot.configurationId())
                .putLong(ballot.n())
                .putInt(ballot.priority())
                .putLong(ballot.pid());
    }

    public static Ballot getBallot(ByteBuffer source) {
        return new Ballot(source.getLong(), source.getLong(), source.getInt(), source.getLong());
    }

    public static void putUuid(ByteBuffer target, UUID value) {
        target.putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
    }

    public static UUID getUuid(ByteBuffer source) {
        return new UUID(source.getLong(), source.getLong());
    }

    public static int lengthOf(String text) {
        return Integer.BYTES + text.getBytes(StandardCharsets.UTF_8).length;
    }

    public static void putText(ByteBuffer target, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        target.putInt(bytes.length).put(bytes);
    }

    public static String getText(ByteBuffer source) {
        byte[] bytes = new byte[source.getInt()];
        source.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public static int lengthOf(ClusterConfiguration configuration) {
        int length = Long.BYTES
                + 4 * Integer.BYTES
                + configuration.nodes().size() * Long.BYTES
                + lengthOfUuids(configuration.storages());
        for (String address : configuration.addresses().values()) {
            length += Long.BYTES + lengthOf(address);
        }
        return length;
    }

    public static void putConfiguration(ByteBuffer target, ClusterConfiguration configuration) {
        target.putLong(configuration.id())
                .putInt(configuration.quorums().read())
                .putInt(configuration.quorums().write())
                .putInt(configuration.nodes().size());
        configuration.nodes().forEach(target::putLong);
        target.putInt(configuration.addresses().size());
        configuration.addresses().forEach((pid, address) -> putText(target.putLong(pid), address));
        putUuids(target, configuration.storages());
    }

    public static ClusterConfiguration getConfiguration(ByteBuffer source) {
        long id = source.getLong();
        int read = source.getInt();
        int write = source.getInt();
        int nodeCount = source.getInt();
        List<Long> nodes = new ArrayList<>();
        for (int i = 0; i < nodeCount; i++) {
            nodes.add(source.getLong());
        }
        int addressCount = source.getInt();
        SortedMap<Long, String> addresses = new TreeMap<>();
        for (int i = 0; i < addressCount; i++) {
            addresses.put(source.getLong(), getText(source));
        }
        return new ClusterConfiguration(id, nodes, new Quorums(nodeCount, read, write), addresses, getUuids(source));
    }

    private static int lengthOfUuids(SortedMap<Long, UUID> uuids) {
        return Integer.BYTES + uuids.size() * (Long.BYTES + UUID_BYTES);
    }

    private static void putUuids(ByteBuffer target, SortedMap<Long, UUID> uuids) {
        target.putInt(uuids.size());
        uuids.forEach((pid, uuid) -> putUuid(target.putLong(pid), uuid));
    }

    private static SortedMap<Long, UUID> getUuids(ByteBuffer source) {
        SortedMap<Long, UUID> uuids = new TreeMap<>();
        for (int left = source.getInt(); left > 0; left--) {
            uuids.put(source.getLong(), getUuid(source));
        }
        return uuids;
    }

    public static int lengthOf(Membership membership) {
        return lengthOf(membership.configuration()) + 1 + lengthOfUuids(membership.identities());
    }

    public static void putMembership(ByteBuffer target, Membership membership) {
        putConfiguration(target, membership.configuration());
        target.put((byte) (membership.eligible() ? 1 : 0));
        putUuids(target, membership.identities());
    }

    public static Membership getMembership(ByteBuffer source) {
        ClusterConfiguration configuration = getConfiguration(source);
        boolean eligible = source.get() != 0;
        return new Membership(configuration, eligible, getUuids(source));
    }

    public static int lengthOf(DurableState state) {
        Membership membership = state.membership();
        return 2 * BALLOT_BYTES + 5 * Long.BYTES + 1 + (membership == null ? 0 : lengthOf(membership));
    }

    public static void putState(ByteBuffer target, DurableState state) {
        putBallot(target, state.promise());
        putBallot(target, state.acceptedRound());
        target.putLong(state.acceptedIndex())
                .putLong(state.decidedIndex())
                .putLong(state.bootCounter())
                .putLong(state.largestGrantNanos())
                .putLong(state.compactedIndex());
        Membership membership = state.membership();
        if (membership == null) {
            target.put((byte) 0);
        } else {
            putMembership(target.put((byte) 1), membership);
        }
    }

    public static DurableState getState(ByteBuffer source) {
        return new DurableState(
                getBallot(source),
                getBallot(source),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                getOptionalMembership(source));
    }

    private static @Nullable Membership getOptionalMembership(ByteBuffer source) {
        return source.get() == 0 ? null : getMembership(source);
    }

    public static int lengthOf(LogEntry entry) {
        if (entry instanceof Command command) {
            return 1 + 5 * Long.BYTES + command.payload().length;
        } else if (entry instanceof StopSign stopSign) {
            return 1 + Long.BYTES + lengthOf(stopSign.next());
        } else {
            return 1 + BALLOT_BYTES;
        }
    }

    public static void putEntry(ByteBuffer target, LogEntry entry) {
        if (entry instanceof Command command) {
            target.put(COMMAND)
                    .putLong(command.id().pid())
                    .putLong(command.id().boot())
                    .putLong(command.id().sequence())
                    .putLong(command.oldestPending())
                    .putLong(command.fencingToken())
                    .put(command.payload());
        } else if (entry instanceof LeadershipEntry leadership) {
            putBallot(target.put(LEADERSHIP), leadership.ballot());
        } else if (entry instanceof StopSign stopSign) {
            putConfiguration(target.put(STOP_SIGN).putLong(stopSign.firstLeader()), stopSign.next());
        } else {
            throw new IllegalArgumentException("no encoding is known for " + entry);
        }
    }

    /** Reads the entry that the buffer holds from its position to its limit. */
    public static LogEntry getEntry(ByteBuffer source) {
        byte kind = source.get();
        return switch (kind) {
            case COMMAND -> {
                ProposalId id = new ProposalId(source.getLong(), source.getLong(), source.getLong());
                long oldestPending = source.getLong();
                long fencingToken = source.getLong();
                byte[] payload = new byte[source.remaining()];
                source.get(payload);
                yield new Command(id, oldestPending, fencingToken, payload);
            }
            case LEADERSHIP -> new LeadershipEntry(getBallot(source));
            case STOP_SIGN -> {
                long firstLeader = source.getLong();
                yield new StopSign(getConfiguration(source), firstLeader);
            }
            default -> throw new IllegalArgumentException("an entry of the unknown kind " + kind);
        };
    }
}
