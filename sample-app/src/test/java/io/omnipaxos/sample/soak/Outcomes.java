package io.omnipaxos.sample.soak;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How the commands of all writers ended, as far as these lived to tell, and how many were acknowledged when. */
final class Outcomes {

    private static final long SLOT_NANOS = 100_000_000;

    private final long startedAt = System.nanoTime();
    private final Map<Long, BitSet> acknowledged = new TreeMap<>();
    private final Map<Long, BitSet> refused = new TreeMap<>();
    private final List<Integer> slots = new ArrayList<>();
    private long count;
    private long unknown;

    /** A writer says how one of its commands ended. What is cut off says nothing. */
    synchronized void said(long writer, String line) {
        if (!line.matches("[ARU] \\d+")) {
            return;
        }
        int number = Integer.parseInt(line.substring(2));
        switch (line.charAt(0)) {
            case 'A' -> {
                acknowledged.computeIfAbsent(writer, unknownOne -> new BitSet()).set(number);
                count++;
                int slot = slotNow();
                while (slots.size() <= slot) {
                    slots.add(0);
                }
                slots.set(slot, slots.get(slot) + 1);
            }
            case 'R' ->
                refused.computeIfAbsent(writer, unknownOne -> new BitSet()).set(number);
            default -> unknown++;
        }
    }

    /** The present tenth of a second. */
    int slotNow() {
        return (int) ((System.nanoTime() - startedAt) / SLOT_NANOS);
    }

    synchronized long acknowledged() {
        return count;
    }

    synchronized long unknown() {
        return unknown;
    }

    synchronized long refused() {
        return refused.values().stream().mapToLong(BitSet::cardinality).sum();
    }

    /** How many were acknowledged in each tenth of a second. */
    synchronized List<Integer> slots(int from, int to) {
        List<Integer> part = new ArrayList<>();
        for (int slot = from; slot < to; slot++) {
            part.add(slot < slots.size() ? slots.get(slot) : 0);
        }
        return part;
    }

    synchronized Map<Long, BitSet> acknowledgedOfEach() {
        return new TreeMap<>(acknowledged);
    }

    synchronized Map<Long, BitSet> refusedOfEach() {
        return new TreeMap<>(refused);
    }
}
