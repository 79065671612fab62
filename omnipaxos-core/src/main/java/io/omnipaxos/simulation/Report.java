package io.omnipaxos.simulation;

/**
 * What was counted in one run, or in several together.
 *
 * @param runs how many
 * @param virtualNanos simulated time
 * @param events steps
 * @param messages that were sent
 * @param faults of the plan that were injected
 * @param leaderships that were acted on
 * @param operations that clients asked for
 * @param acknowledged appends
 * @param entries decided
 * @param restores of snapshots, on starts and from others
 * @param reconfigurations that came into force
 * @param replacedDisks that were lost with all that was on them
 */
public record Report(
        long runs,
        long virtualNanos,
        long events,
        long messages,
        long faults,
        long leaderships,
        long operations,
        long acknowledged,
        long entries,
        long restores,
        long reconfigurations,
        long replacedDisks) {

    /** Nothing was run. */
    public static final Report NONE = new Report(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static final double NANOS_PER_HOUR = 3.6e12;

    public Report plus(Report other) {
        return new Report(
                runs + other.runs,
                virtualNanos + other.virtualNanos,
                events + other.events,
                messages + other.messages,
                faults + other.faults,
                leaderships + other.leaderships,
                operations + other.operations,
                acknowledged + other.acknowledged,
                entries + other.entries,
                restores + other.restores,
                reconfigurations + other.reconfigurations,
                replacedDisks + other.replacedDisks);
    }

    Report withFaults(long injected) {
        return new Report(
                runs,
                virtualNanos,
                events,
                messages,
                injected,
                leaderships,
                operations,
                acknowledged,
                entries,
                restores,
                reconfigurations,
                replacedDisks);
    }

    @Override
    public String toString() {
        return String.format(
                "%d runs, %.1f simulated hours, %d events, %d messages, %d faults, %d leaderships, %d operations,"
                        + " %d acknowledged appends, %d entries decided, %d snapshots restored, %d reconfigurations,"
                        + " %d disks lost",
                runs,
                virtualNanos / NANOS_PER_HOUR,
                events,
                messages,
                faults,
                leaderships,
                operations,
                acknowledged,
                entries,
                restores,
                reconfigurations,
                replacedDisks);
    }
}
