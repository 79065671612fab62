package io.omnipaxos.replication;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.EffectsBuilder;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.LogReader;
import io.omnipaxos.log.StopSign;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log as this node has accepted it, ahead of what is stored by what the present step writes. Keeps in memory only
 * what is not durable yet. It goes on over configurations, and begins after what snapshots stand for.
 *
 * <p>Invariant: {@code compactedIndex <= decidedIndex <= acceptedIndex} and {@code durableIndex <= acceptedIndex}.
 */
public final class ReplicaLog {

    private static final long CHUNK_BYTES = 1 << 20;

    private final LogReader stored;
    private final EffectsBuilder effects;
    private final List<LogEntry> pending = new ArrayList<>();

    private Ballot acceptedRound;
    private boolean roundIsDurable = true;
    private long durableIndex;
    private long decidedIndex;
    private long storedDecidedIndex;
    private long compactedIndex;
    private long configurationId;
    private @Nullable StopSign stopSign;

    /**
     * @param state what is durable
     * @param stored the entries
     * @param configurationId of the configuration in force
     * @param effects collects what is to be written
     */
    public ReplicaLog(DurableState state, LogReader stored, long configurationId, EffectsBuilder effects) {
        this.stored = stored;
        this.effects = effects;
        this.acceptedRound = state.acceptedRound();
        this.durableIndex = state.acceptedIndex();
        this.decidedIndex = state.decidedIndex();
        this.storedDecidedIndex = state.decidedIndex();
        this.compactedIndex = state.compactedIndex();
        this.configurationId = configurationId;
        findStopSign();
    }

    /** The ballot in which the whole log was accepted. */
    public Ballot acceptedRound() {
        return acceptedRound;
    }

    /** The last index of the log, 0 if it is empty. */
    public long acceptedIndex() {
        return durableIndex + pending.size();
    }

    /** The last index that survives a crash. */
    public long durableIndex() {
        return durableIndex;
    }

    /** The last index of which it survives a crash that it was accepted in this round; 0 until the round itself does. */
    public long durableInRound() {
        return roundIsDurable ? durableIndex : 0;
    }

    /** The last index that is decided, as far as this node knows. */
    public long decidedIndex() {
        return decidedIndex;
    }

    /** Up to where the entries are replaced by a snapshot. */
    public long compactedIndex() {
        return compactedIndex;
    }

    /**
     * The stop-sign of the present configuration that the log ends with, decided or not, null if it ends otherwise. Nothing
     * is appended after it in this configuration.
     */
    public @Nullable StopSign stopSign() {
        return endsConfiguration(stopSign) ? stopSign : null;
    }

    /** The stop-sign, once it is decided. */
    public @Nullable StopSign decidedStopSign() {
        return decidedIndex == acceptedIndex() ? stopSign() : null;
    }

    /** The next configuration has begun: nothing after what is decided can be decided by the one before. */
    public void enter(long newConfigurationId) {
        configurationId = newConfigurationId;
        if (acceptedIndex() > decidedIndex) {
            write(new LogWrite(decidedIndex + 1, List.of()));
        }
    }

    /** The last index that may be applied: decided and durable. */
    public long applicableIndex() {
        return Math.min(decidedIndex, durableIndex);
    }

    /**
     * Entries in order, as many as fit, at least one.
     *
     * @param from above the compacted index
     * @throws IndexOutOfBoundsException if the range is not in the log
     */
    public List<LogEntry> read(long from, long to, long maxBytes) {
        if (from <= compactedIndex || from > to || to > acceptedIndex()) {
            throw new IndexOutOfBoundsException(
                    "entries " + from + " to " + to + " of " + (compactedIndex + 1) + " to " + acceptedIndex());
        }
        if (from <= durableIndex) {
            return stored.read(from, Math.min(to, durableIndex), maxBytes);
        }
        List<LogEntry> fitting = new ArrayList<>();
        long bytes = 0;
        for (LogEntry entry : pending.subList((int) (from - durableIndex - 1), (int) (to - durableIndex))) {
            bytes += entry.size();
            if (bytes > maxBytes && !fitting.isEmpty()) {
                break;
            }
            fitting.add(entry);
        }
        return fitting;
    }

    /** As many entries from an index to the end as fit, at least one; none if the index is just after the end. */
    List<LogEntry> readSuffix(long from, long maxBytes) {
        List<LogEntry> suffix = new ArrayList<>();
        long bytes = 0;
        for (long next = from; next <= acceptedIndex() && bytes < maxBytes; next = from + suffix.size()) {
            List<LogEntry> part = read(next, acceptedIndex(), maxBytes - bytes);
            long partBytes = part.stream().mapToLong(LogEntry::size).sum();
            if (!suffix.isEmpty() && bytes + partBytes > maxBytes) {
                break;
            }
            bytes += partBytes;
            suffix.addAll(part);
        }
        return suffix;
    }

    /** All entries from an index to the end; none if the index is just after the end. */
    List<LogEntry> readSuffix(long from) {
        return readSuffix(from, Long.MAX_VALUE);
    }

    /** Extends the log in the round in which all of it was accepted. */
    void append(List<LogEntry> entries) {
        write(new LogWrite(acceptedIndex() + 1, entries));
    }

    private void write(LogWrite write) {
        effects.persist(WriteBatch.entries(write));
        replaceEnd(write);
    }

    private void replaceEnd(LogWrite write) {
        cutBefore(write.firstIndex());
        pending.addAll(write.entries());
        findStopSign();
    }

    /**
     * Accepts the log of another round: one atomic change of round, entries and decided index.
     *
     * @param round the new accepted round, not below the present one
     * @param firstIndex what comes before it stays
     * @param entries replace everything from {@code firstIndex} on, but for what is accepted in the same round already:
     *     that is only extended
     * @param decided how much is decided; never lowers what this node knows
     * @return false if this log has changed since it was promised, so that the entries no longer follow on it; then
     *     nothing is changed
     */
    boolean acceptSync(Ballot round, long firstIndex, List<LogEntry> entries, long decided) {
        if (firstIndex < 1 || firstIndex > acceptedIndex() + 1 || contradictsDecided(firstIndex, entries)) {
            return false;
        }
        LogWrite write = round.equals(acceptedRound) ? onlyNew(firstIndex, entries) : afterDecided(firstIndex, entries);
        replaceEnd(write);
        roundIsDurable &= round.equals(acceptedRound);
        acceptedRound = round;
        decidedIndex = Math.max(decidedIndex, Math.min(decided, acceptedIndex()));
        storedDecidedIndex = decidedIndex;
        effects.persist(WriteBatch.accepted(round, write, decidedIndex));
        return true;
    }

    /**
     * Takes entries that are decided for good, in whatever round they were accepted here. Nothing after them can have
     * been chosen in the round of this log if they differ from what is here: then it is cut off.
     *
     * <p>Ends with the entry that ends the configuration: what follows belongs to the next one.
     *
     * @param firstIndex a piece that leaves a gap after what is known to be decided is passed over: what was accepted in
     *     between may be something else
     */
    public void learn(long firstIndex, List<LogEntry> decided) {
        List<LogEntry> entries = upToStopSign(decided);
        long last = firstIndex + entries.size() - 1;
        if (last <= decidedIndex || firstIndex > decidedIndex + 1) {
            return;
        }
        long different = Math.max(firstIndex, decidedIndex + 1);
        while (different <= Math.min(last, acceptedIndex())
                && read(different, different, 1).get(0).equals(entries.get((int) (different - firstIndex)))) {
            different++;
        }
        decidedIndex = last;
        storedDecidedIndex = last;
        if (different > last) {
            effects.persist(WriteBatch.decided(last));
            return;
        }
        write(new LogWrite(different, entries.subList((int) (different - firstIndex), entries.size())));
        effects.persist(WriteBatch.decided(last));
    }

    private List<LogEntry> upToStopSign(List<LogEntry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            if (endsConfiguration(entries.get(i))) {
                return entries.subList(0, i + 1);
            }
        }
        return entries;
    }

    private boolean endsConfiguration(@Nullable LogEntry entry) {
        return entry instanceof StopSign found && found.next().id() > configurationId;
    }

    /**
     * Takes a received snapshot in the place of everything that it covers. What was accepted beyond it stays: others may
     * count on it.
     */
    public void install(long index) {
        if (index > decidedIndex) {
            decidedIndex = index;
            storedDecidedIndex = index;
            compact(index);
        }
    }

    /**
     * Drops the entries that a stored snapshot stands for.
     *
     * @param index at most the decided index
     */
    public void compact(long index) {
        if (index > compactedIndex) {
            compactedIndex = index;
            effects.persist(WriteBatch.compacted(index));
            if (index > durableIndex) {
                int covered = (int) Math.min(pending.size(), index - durableIndex);
                pending.subList(0, covered).clear();
                durableIndex = index;
            }
            findStopSign();
        }
    }

    /**
     * Notes that entries are decided, as far as they are accepted here.
     *
     * @return whether that is more than was known
     */
    boolean decide(long index) {
        long capped = Math.min(index, acceptedIndex());
        boolean more = capped > decidedIndex;
        decidedIndex = Math.max(decidedIndex, capped);
        return more;
    }

    /**
     * Adds the decided index to what is written anyway. It is learnt again after a crash, so it never costs a write of
     * its own.
     */
    public void persistDecidedIndexAlong() {
        if (effects.persistsAnything() && decidedIndex > storedDecidedIndex) {
            storedDecidedIndex = decidedIndex;
            effects.persist(WriteBatch.decided(decidedIndex));
        }
    }

    /** Everything that was accepted is durable now. */
    public void persisted() {
        durableIndex += pending.size();
        pending.clear();
        roundIsDurable = true;
    }

    private void cutBefore(long firstIndex) {
        if (firstIndex <= durableIndex) {
            durableIndex = firstIndex - 1;
            pending.clear();
        } else {
            pending.subList((int) (firstIndex - durableIndex - 1), pending.size())
                    .clear();
        }
    }

    /** Within one round logs are prefixes of the leader's, so what is here already is the same. */
    private LogWrite onlyNew(long firstIndex, List<LogEntry> entries) {
        long known = Math.min(entries.size(), acceptedIndex() + 1 - firstIndex);
        return new LogWrite(acceptedIndex() + 1, entries.subList((int) known, entries.size()));
    }

    /** What is decided stays as it is. */
    private LogWrite afterDecided(long firstIndex, List<LogEntry> entries) {
        long known = Math.max(0, Math.min(entries.size(), decidedIndex + 1 - firstIndex));
        return new LogWrite(Math.max(firstIndex, decidedIndex + 1), entries.subList((int) known, entries.size()));
    }

    /** What is decided is the same in every later round; in an older one, that cannot win any more, it may not be. */
    private boolean contradictsDecided(long firstIndex, List<LogEntry> entries) {
        long decided = Math.min(entries.size(), Math.max(0, decidedIndex + 1 - firstIndex));
        return !contains(firstIndex, entries.subList(0, (int) decided));
    }

    /** Whether the log has exactly these entries there, as far as it is not compacted. */
    public boolean contains(long firstIndex, List<LogEntry> entries) {
        long next = Math.max(firstIndex, compactedIndex + 1);
        long last = firstIndex + entries.size() - 1;
        if (last > acceptedIndex()) {
            return false;
        }
        while (next <= last) {
            List<LogEntry> here = read(next, last, CHUNK_BYTES);
            int offset = (int) (next - firstIndex);
            if (!here.equals(entries.subList(offset, offset + here.size()))) {
                return false;
            }
            next += here.size();
        }
        return true;
    }

    private void findStopSign() {
        stopSign = null;
        long last = acceptedIndex();
        if (last > compactedIndex && read(last, last, Long.MAX_VALUE).get(0) instanceof StopSign found) {
            stopSign = found;
        }
    }
}
