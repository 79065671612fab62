package io.omnipaxos.simulation;

import io.omnipaxos.storage.Storage;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * The disk of a node, which outlives its processes. It takes time, and may fail; what a process that ends had not yet
 * synced is there afterwards, or not, or in part.
 */
abstract class SimulatedDisk {

    private final SplittableRandom random;
    private long syncNanos;
    private long busyUntil;
    private boolean failsNextSync;
    private boolean failed;

    SimulatedDisk(SplittableRandom random, long syncNanos) {
        this.random = random;
        this.syncNanos = syncNanos;
    }

    final SplittableRandom random() {
        return random;
    }

    /** How long a sync takes from now on, half as much again at most, and half as much at least. */
    final void syncNanos(long nanos) {
        syncNanos = nanos;
    }

    /** Nothing fails any more, and a sync takes this long. */
    final void heal(long nanos) {
        syncNanos = nanos;
        failsNextSync = false;
    }

    /** The running thread waits for a sync, and for those before it: the disk does one after the other. */
    final void sync(SimulatedHost host) {
        long waiting = Math.max(0, busyUntil - host.localTime());
        host.spend(waiting + (long) (syncNanos * (0.5 + random.nextDouble())));
        busyUntil = host.localTime();
    }

    /** The next sync fails, and it is open what of it was done. */
    final void failNextSync() {
        failsNextSync = true;
    }

    /** Whether a sync must fail now, which makes the process stop. */
    final boolean takeFailure() {
        boolean fails = failsNextSync;
        failsNextSync = false;
        failed |= fails;
        return fails;
    }

    /** Whether something failed since the disk was last opened. */
    final boolean hasFailed() {
        return failed;
    }

    /**
     * Opens it for a new process, after {@link #crash}.
     *
     * @throws io.omnipaxos.storage.StorageException if it is damaged
     */
    final Storage open(SimulatedHost host) {
        failsNextSync = false;
        failed = false;
        busyUntil = 0;
        return openFor(host);
    }

    abstract Storage openFor(SimulatedHost host);

    /**
     * The process has ended at this time, or could not begin, or none runs.
     *
     * @param powerLost whether what the system still held for it is lost as well
     */
    abstract void crash(long now, boolean powerLost);

    /** It is replaced by an empty one of another name. */
    abstract void replace();

    /** A bit of what is stored changes. False if there is nothing to change, or this kind of disk never does that. */
    abstract boolean rot();

    final UUID newIdentity() {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
