package io.omnipaxos.simulation;

import io.omnipaxos.storage.file.FileLayer;
import io.omnipaxos.storage.file.OpenFile;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory that forgets what was not forced, at a cut of the power, sector by sector and name by name,
 * and that fails when it is told to. All chance comes from the seed. Used by one thread.
 */
public final class SimulatedFileSystem implements FileLayer {

    /** What happens at the chosen operation, and ever after where the power is cut. */
    public enum Fault {
        /** Nothing works any more until {@link #cutPower}. */
        POWER_CUT,
        /** One operation fails, and may have done a part of its work. */
        INPUT_OUTPUT_ERROR
    }

    private static final long UNLIMITED = Long.MAX_VALUE;

    private final SplittableRandom random;
    private final Set<Path> directories = new TreeSet<>();
    private final Map<Path, SimulatedFile> names = new TreeMap<>();
    private final Set<Path> locked = new TreeSet<>();
    private final List<Map<Path, SimulatedFile>> unforcedNames = new ArrayList<>();
    private Map<Path, SimulatedFile> durableNames = new TreeMap<>();
    private @Nullable Fault fault;
    private long operationsUntilFault;
    private long operations;
    private long forces;
    private boolean powerless;
    private boolean readOnly;
    private long capacity = UNLIMITED;
    private boolean tellsSpace = true;

    /** An empty one. */
    public SimulatedFileSystem(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** Lets the n-th operation from now on fail, counted from 1. */
    public void failAt(long operation, Fault kind) {
        fault = kind;
        operationsUntilFault = operation;
    }

    /** Limits the bytes of all files together; {@link #usableSpace} may tell what is left, or not. */
    public void limitTo(long bytes, boolean told) {
        capacity = bytes;
        tellsSpace = told;
    }

    /** From now on nothing can be written, made, renamed or deleted. */
    public void makeReadOnly() {
        readOnly = true;
    }

    /** The bytes of all files together. */
    public long usedBytes() {
        return names.values().stream().mapToLong(SimulatedFile::size).sum();
    }

    /** How many operations there were that can fail. */
    public long operations() {
        return operations;
    }

    /** How many of them forced a file or a directory. */
    public long forces() {
        return forces;
    }

    /**
     * The file of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public SimulatedFile file(Path path) {
        SimulatedFile file = names.get(path);
        if (file == null) {
            throw new IllegalArgumentException(path + " is not among " + names.keySet());
        }
        return file;
    }

    /** The names of all files, in order. */
    public List<Path> files() {
        return List.copyOf(names.keySet());
    }

    /** The process ends and is started again; the system stays up and forgets nothing. */
    public void restartProcess() {
        locked.clear();
        fault = null;
        powerless = false;
    }

    /** The power fails, if it has not yet, and comes back: of what was not forced anything may be left or lost. */
    public void cutPower() {
        restartProcess();
        Map<Path, SimulatedFile> left = durableNames;
        // Names are journaled in order.
        int kept = random.nextInt(unforcedNames.size() + 1);
        if (kept > 0) {
            left = unforcedNames.get(kept - 1);
        }
        unforcedNames.clear();
        names.clear();
        names.putAll(left);
        durableNames = new TreeMap<>(left);
        names.values().forEach(file -> file.cutPower(random));
    }

    /** A file system that has durably what is seen in this one, without its faults and limits. */
    public SimulatedFileSystem copy() {
        SimulatedFileSystem copy = new SimulatedFileSystem(random.nextLong());
        copy.directories.addAll(directories);
        names.forEach((path, file) -> copy.names.put(path, new SimulatedFile(copy, file.bytes())));
        copy.durableNames = new TreeMap<>(copy.names);
        return copy;
    }

    /** Whether a file has this name, and will still have it after a loss of power. */
    boolean isDurable(Path path) {
        SimulatedFile file = names.get(path);
        return file != null
                && durableNames.get(path) == file
                && unforcedNames.stream().allMatch(later -> later.get(path) == file);
    }

    /** Counts an operation that may fail. */
    void operate(String what) throws IOException {
        if (powerless) {
            throw new IOException("there is no power for " + what);
        }
        operations++;
        if (fault != null && --operationsUntilFault == 0) {
            powerless = fault == Fault.POWER_CUT;
            fault = null;
            throw new IOException("Input/output error at operation " + operations + ", " + what);
        }
    }

    void refuseIfReadOnly(String what) throws IOException {
        if (readOnly) {
            throw new IOException("Read-only file system, " + what);
        }
    }

    /** Whether nothing works until {@link #cutPower}. */
    public boolean isPowerless() {
        return powerless;
    }

    /** How many of the bytes by which a file would grow there is space for. */
    long spaceFor(long growth) {
        return growth == 0 ? 0 : Math.min(growth, space());
    }

    private long space() {
        return capacity == UNLIMITED ? UNLIMITED : Math.max(0, capacity - usedBytes());
    }

    void countForce() {
        forces++;
    }

    SplittableRandom random() {
        return random;
    }

    @Override
    public UUID newIdentity() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    @Override
    public void createDirectories(Path directory) {
        directories.add(directory);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        operate("listing");
        return names.keySet().stream()
                .filter(path -> directory.equals(path.getParent()))
                .map(path -> String.valueOf(path.getFileName()))
                .toList();
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        operate("opening");
        SimulatedFile file = names.get(path);
        if (file == null) {
            throw new FileNotFoundException(path.toString());
        }
        return file;
    }

    @Override
    public OpenFile create(Path path) throws IOException {
        refuseIfReadOnly("creating");
        operate("creating");
        if (names.containsKey(path)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        SimulatedFile file = new SimulatedFile(this, new byte[0]);
        names.put(path, file);
        noteNames();
        return file;
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        refuseIfReadOnly("renaming");
        operate("renaming");
        SimulatedFile file = names.remove(from);
        if (file == null) {
            throw new FileNotFoundException(from.toString());
        }
        names.put(to, file);
        noteNames();
    }

    @Override
    public void delete(Path path) throws IOException {
        refuseIfReadOnly("deleting");
        operate("deleting");
        if (names.remove(path) != null) {
            noteNames();
        }
    }

    private void noteNames() {
        unforcedNames.add(new TreeMap<>(names));
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        operate("forcing the directory");
        countForce();
        durableNames = new TreeMap<>(names);
        unforcedNames.clear();
    }

    @Override
    public long usableSpace(Path directory) {
        return tellsSpace ? space() : Long.MAX_VALUE;
    }

    @Override
    public @Nullable Closeable lock(Path file) throws IOException {
        refuseIfReadOnly("locking");
        return locked.add(file) ? () -> locked.remove(file) : null;
    }
}
