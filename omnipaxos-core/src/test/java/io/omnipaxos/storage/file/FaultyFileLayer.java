package io.omnipaxos.storage.file;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A file system in memory that forgets what was not forced, at a cut of the power, sector by sector and name by name,
 * and that fails when it is told to. All chance comes from the seed.
 */
final class FaultyFileLayer implements FileLayer {

    /** What happens at the chosen operation, and ever after where the power is cut or the disk is full. */
    enum Fault {
        POWER_CUT,
        INPUT_OUTPUT_ERROR
    }

    private static final long FORCE_NANOS = 10_000_000;

    private final Random random;
    private final Set<Path> directories = new HashSet<>();
    private final Map<Path, FaultyFile> names = new TreeMap<>();
    private final Set<Path> locked = new HashSet<>();
    private final List<Map<Path, FaultyFile>> unforcedNames = new ArrayList<>();
    private Map<Path, FaultyFile> durableNames = new HashMap<>();
    private @Nullable Fault fault;
    private long operationsUntilFault;
    private long operations;
    private long forces;
    private long nanos;
    private boolean powerless;
    private boolean readOnly;
    private long capacity = Long.MAX_VALUE;
    private boolean tellsSpace = true;

    FaultyFileLayer(long seed) {
        // Thousands of torn writes, each worth a warning, are the daily bread here.
        ((Logger) LoggerFactory.getLogger("io.omnipaxos.storage.file")).setLevel(Level.ERROR);
        this.random = new Random(seed);
    }

    /** Lets the n-th operation from now on fail, counted from 1. */
    void failAt(long operation, Fault kind) {
        fault = kind;
        operationsUntilFault = operation;
    }

    /** Limits the bytes of all files together; the storage may be told the space that is left, or not. */
    void limitTo(long bytes, boolean told) {
        capacity = bytes;
        tellsSpace = told;
    }

    /** From now on nothing can be written, made, renamed or deleted. */
    void makeReadOnly() {
        readOnly = true;
    }

    long usedBytes() {
        return names.values().stream().mapToLong(FaultyFile::size).sum();
    }

    long operations() {
        return operations;
    }

    long forces() {
        return forces;
    }

    /** Virtual time spent in forcing. */
    long nanos() {
        return nanos;
    }

    FaultyFile file(Path path) {
        FaultyFile file = names.get(path);
        if (file == null) {
            throw new AssertionError(path + " is not among " + names.keySet());
        }
        return file;
    }

    List<Path> files() {
        return List.copyOf(names.keySet());
    }

    /** The process ends and is started again; the system stays up and forgets nothing. */
    void restartProcess() {
        locked.clear();
        fault = null;
        powerless = false;
    }

    /** The power fails, if it has not yet, and comes back: of what was not forced anything may be left or lost. */
    void cutPower() {
        restartProcess();
        Map<Path, FaultyFile> left = durableNames;
        // Names are journaled in order.
        int kept = random.nextInt(unforcedNames.size() + 1);
        if (kept > 0) {
            left = unforcedNames.get(kept - 1);
        }
        unforcedNames.clear();
        names.clear();
        names.putAll(left);
        durableNames = new HashMap<>(left);
        names.values().forEach(file -> file.cutPower(random));
    }

    /** An exact copy, for one experiment of many. */
    FaultyFileLayer copy() {
        FaultyFileLayer copy = new FaultyFileLayer(random.nextLong());
        copy.directories.addAll(directories);
        names.forEach((path, file) -> copy.names.put(path, new FaultyFile(copy, file.bytes())));
        copy.durableNames = new HashMap<>(copy.names);
        return copy;
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

    boolean isPowerless() {
        return powerless;
    }

    /** How many of the bytes by which a file would grow there is space for. */
    long spaceFor(long growth) {
        return Math.max(0, Math.min(growth, capacity - usedBytes()));
    }

    void countForce() {
        forces++;
        nanos += FORCE_NANOS;
    }

    Random random() {
        return random;
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
                .map(path -> path.getFileName().toString())
                .toList();
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        operate("opening");
        FaultyFile file = names.get(path);
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
        FaultyFile file = new FaultyFile(this, new byte[0]);
        names.put(path, file);
        unforcedNames.add(new HashMap<>(names));
        return file;
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        refuseIfReadOnly("renaming");
        operate("renaming");
        FaultyFile file = file(from);
        names.remove(from);
        names.put(to, file);
        unforcedNames.add(new HashMap<>(names));
    }

    @Override
    public void delete(Path path) throws IOException {
        refuseIfReadOnly("deleting");
        operate("deleting");
        names.remove(path);
        unforcedNames.add(new HashMap<>(names));
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        operate("forcing the directory");
        countForce();
        durableNames = new HashMap<>(names);
        unforcedNames.clear();
    }

    @Override
    public long usableSpace(Path directory) {
        return tellsSpace ? Math.max(0, capacity - usedBytes()) : Long.MAX_VALUE;
    }

    @Override
    public @Nullable Closeable lock(Path file) throws IOException {
        refuseIfReadOnly("locking");
        return locked.add(file) ? () -> locked.remove(file) : null;
    }
}
