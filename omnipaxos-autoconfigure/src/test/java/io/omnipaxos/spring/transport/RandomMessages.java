package io.omnipaxos.spring.transport;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.LearningMessage.SnapshotPiece;
import io.omnipaxos.message.Message;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** Makes random instances of every record among the messages, from one seed. */
final class RandomMessages {

    private final Random random;

    RandomMessages(long seed) {
        random = new Random(seed);
    }

    Envelope envelope(long from, long to) {
        List<Class<?>> kinds = MessageCodec.kindsOf(Message.class);
        return new Envelope("omnipaxos", number() + 1, from, to, message(kinds.get(random.nextInt(kinds.size()))));
    }

    Message message(Class<?> kind) {
        return (Message) record(kind);
    }

    private Object record(Class<?> kind) {
        if (kind == Command.class) {
            ProposalId id = (ProposalId) record(ProposalId.class);
            return new Command(id, random.nextBoolean() ? id.sequence() : 0, number(), bytes());
        }
        if (kind == ClusterConfiguration.class) {
            return configuration();
        }
        if (kind == SnapshotInfo.class) {
            return new SnapshotInfo(positive(), configuration(), positive(), random.nextInt());
        }
        if (kind == SnapshotPiece.class) {
            return new SnapshotPiece(
                    (SnapshotInfo) record(SnapshotInfo.class), number(), bytes(), (Ballot) record(Ballot.class));
        }
        if (kind == Fetch.class) {
            return new Fetch(number(), number(), number(), random.nextBoolean() ? null : uuid());
        }
        if (kind == Ballot.class && random.nextInt(4) == 0) {
            return Ballot.NONE;
        }
        RecordComponent[] components = kind.getRecordComponents();
        if (components == null) {
            throw new AssertionError("there is no generator for " + kind);
        }
        try {
            Constructor<?> constructor = kind.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            return constructor.newInstance(Arrays.stream(components)
                    .map(component -> value(component.getGenericType()))
                    .toArray());
        } catch (ReflectiveOperationException notARecord) {
            throw new AssertionError("there is no generator for " + kind, notARecord);
        }
    }

    private Object value(Type type) {
        if (type == long.class) {
            return number();
        }
        if (type == int.class) {
            return random.nextInt();
        }
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type == UUID.class) {
            return uuid();
        }
        if (type == LogEntry.class) {
            List<Class<?>> kinds = MessageCodec.kindsOf(LogEntry.class);
            return record(kinds.get(random.nextInt(kinds.size())));
        }
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            List<Object> values = new ArrayList<>();
            for (int left = random.nextInt(5); left > 0; left--) {
                values.add(value(list.getActualTypeArguments()[0]));
            }
            return List.copyOf(values);
        }
        if (type instanceof Class<?> kind && kind.isRecord()) {
            return record(kind);
        }
        throw new AssertionError("there is no generator for " + type);
    }

    private ClusterConfiguration configuration() {
        List<Long> nodes = Stream.generate(this::positive)
                .distinct()
                .limit(random.nextInt(1, 8))
                .toList();
        SortedMap<Long, String> addresses = new TreeMap<>();
        for (long node : nodes) {
            if (random.nextBoolean()) {
                addresses.put(node, "http://ä-" + node + ".example:8080/" + "x".repeat(random.nextInt(150)));
            }
        }
        SortedMap<Long, UUID> storages = new TreeMap<>();
        nodes.stream().filter(node -> random.nextBoolean()).forEach(node -> storages.put(node, uuid()));
        return new ClusterConfiguration(positive(), nodes, Quorums.majority(nodes.size()), addresses, storages);
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private long positive() {
        return Math.max(1, number());
    }

    /** Small, large and largest numbers alike, never negative. */
    private long number() {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextInt(100);
            case 2 -> Long.MAX_VALUE - random.nextInt(3) - 1;
            default -> random.nextLong() >>> random.nextInt(1, 63);
        };
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }
}
