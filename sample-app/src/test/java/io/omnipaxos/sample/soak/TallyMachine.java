package io.omnipaxos.sample.soak;

import io.omnipaxos.log.Command;
import io.omnipaxos.statemachine.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** Which command of which writer was applied, how often one came twice, and a digest of the order of all. */
@Component
class TallyMachine implements StateMachine {

    /** A command begins with its writer and its number, then anything. */
    static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;

    private final Map<Long, BitSet> applied = new TreeMap<>();
    private Tally tally = new Tally(0, 0, 0, 0);

    /**
     * What was applied so far.
     *
     * @param index the index of the last command
     * @param commands how many there were
     * @param repeated how many of them had been applied before
     * @param digest of all in their order
     */
    record Tally(long index, long commands, long repeated, long digest) {}

    synchronized Tally tally() {
        return tally;
    }

    /** The numbers of a writer's commands that were applied, as {@link BitSet#toByteArray}. */
    synchronized byte[] appliedOf(long writer) {
        return applied.getOrDefault(writer, new BitSet()).toByteArray();
    }

    @Override
    public synchronized byte[] apply(long index, Command command) {
        ByteBuffer payload = ByteBuffer.wrap(command.payload());
        long writer = payload.getLong();
        int number = payload.getInt();
        BitSet numbers = applied.computeIfAbsent(writer, unknown -> new BitSet());
        boolean again = numbers.get(number);
        numbers.set(number);
        long digest = (tally.digest() * 1_000_003 + writer) * 1_000_003 + number;
        tally = new Tally(index, tally.commands() + 1, tally.repeated() + (again ? 1 : 0), digest);
        return new byte[0];
    }

    @Override
    public synchronized Snapshot snapshot() {
        Map<Long, byte[]> copies = new TreeMap<>();
        applied.forEach((writer, numbers) -> copies.put(writer, numbers.toByteArray()));
        Tally present = tally;
        return target -> {
            DataOutputStream data = new DataOutputStream(target);
            data.writeLong(present.index());
            data.writeLong(present.commands());
            data.writeLong(present.repeated());
            data.writeLong(present.digest());
            data.writeInt(copies.size());
            for (Map.Entry<Long, byte[]> copy : copies.entrySet()) {
                data.writeLong(copy.getKey());
                data.writeInt(copy.getValue().length);
                data.write(copy.getValue());
            }
            data.flush();
        };
    }

    @Override
    public synchronized void restore(InputStream source) throws IOException {
        DataInputStream data = new DataInputStream(source);
        tally = new Tally(data.readLong(), data.readLong(), data.readLong(), data.readLong());
        applied.clear();
        for (int left = data.readInt(); left > 0; left--) {
            long writer = data.readLong();
            applied.put(writer, BitSet.valueOf(data.readNBytes(data.readInt())));
        }
    }
}
