package io.omnipaxos.simulation;

import io.omnipaxos.log.Command;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.Storage;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The state machine of a simulated node: registers, and a digest of everything that made them. */
final class Registers implements StateMachine {

    static final long EMPTY_DIGEST = 1;
    private static final byte[] DONE = {1};
    private static final byte[] NOT_DONE = {0};

    private final long pid;
    private final Invariants invariants;
    private final Storage storage;
    private final int filling;
    private final Consumer<Supplier<String>> told;
    private Map<Integer, Long> values = new TreeMap<>();
    private long digest = EMPTY_DIGEST;
    private long index;

    /**
     * @param storage of the node
     * @param filling bytes that make snapshots as long as is wanted
     * @param told what happens here, in words
     */
    Registers(long pid, Invariants invariants, Storage storage, int filling, Consumer<Supplier<String>> told) {
        this.pid = pid;
        this.invariants = invariants;
        this.storage = storage;
        this.filling = filling;
        this.told = told;
    }

    static boolean isDone(byte[] result) {
        return result[0] == DONE[0];
    }

    /** 0 if it was never written. */
    long value(int key) {
        return values.getOrDefault(key, 0L);
    }

    @Override
    public byte[] apply(long appliedIndex, Command command) {
        Operation operation = Operation.of(command.payload());
        index = appliedIndex;
        digest = (digest * 1_000_003 + operation.number()) * 31 + appliedIndex;
        invariants.applied(pid, appliedIndex, command, operation, digest, storage);
        boolean done = operation.kind() == Operation.Kind.PUT || value(operation.key()) == operation.expected();
        if (done) {
            values.put(operation.key(), operation.value());
        }
        told.accept(() -> "applies " + appliedIndex + ", " + operation);
        return done ? DONE : NOT_DONE;
    }

    @Override
    public Snapshot snapshot() {
        Map<Integer, Long> fixed = new TreeMap<>(values);
        long fixedDigest = digest;
        long fixedIndex = index;
        return target -> {
            DataOutputStream data = new DataOutputStream(target);
            data.writeLong(fixedIndex);
            data.writeLong(fixedDigest);
            data.writeInt(fixed.size());
            for (Map.Entry<Integer, Long> entry : fixed.entrySet()) {
                data.writeInt(entry.getKey());
                data.writeLong(entry.getValue());
            }
            data.write(new byte[filling]);
            data.flush();
            told.accept(() -> "writes a snapshot up to " + fixedIndex);
        };
    }

    @Override
    public void restore(InputStream source) throws IOException {
        DataInputStream data = new DataInputStream(new ByteArrayInputStream(source.readAllBytes()));
        index = data.readLong();
        digest = data.readLong();
        Map<Integer, Long> restored = new TreeMap<>();
        for (int left = data.readInt(); left > 0; left--) {
            restored.put(data.readInt(), data.readLong());
        }
        values = restored;
        invariants.restored(pid, index, digest);
        long restoredIndex = index;
        told.accept(() -> "restores a state of " + restoredIndex);
    }
}
