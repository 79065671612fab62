package io.omnipaxos.simulation;

import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.file.FileLayer;
import io.omnipaxos.storage.file.FileStorage;
import io.omnipaxos.storage.file.FileStorageSettings;
import io.omnipaxos.storage.file.OpenFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the log in files, with the code that applications run. A process sees files of its own, on which it may be ahead
 * of true time; all it does to them is done to the files of the machine once its time has come, or never if the process
 * ends before.
 */
final class FileDisk extends SimulatedDisk {

    private static final int PLACES_TRIED = 20;
    private static final int LAST_BYTES = 300;

    private final FileStorageSettings settings;
    private SimulatedFileSystem machine;
    private @Nullable View view;

    FileDisk(SplittableRandom random, long syncNanos, FileStorageSettings settings) {
        super(random, syncNanos);
        this.settings = settings;
        this.machine = new SimulatedFileSystem(random.nextLong());
    }

    @Override
    Storage openFor(SimulatedHost host) {
        View opened = new View(host, machine.copy());
        view = opened;
        return FileStorage.open(settings, opened);
    }

    @Override
    void crash(long now, boolean powerLost) {
        View ended = view;
        view = null;
        if (ended != null) {
            ended.end(now);
        }
        if (powerLost) {
            machine.cutPower();
        }
    }

    @Override
    void replace() {
        view = null;
        machine = new SimulatedFileSystem(random().nextLong());
    }

    /** Mostly where something is written, and never where something else is about to be. */
    @Override
    boolean rot() {
        View present = view;
        if (present != null) {
            present.settle();
        }
        List<Path> paths = machine.files().stream()
                .filter(path -> isChecked(path) && machine.isDurable(path))
                .filter(path -> present == null || !present.changes(path))
                .toList();
        for (int tried = 0; tried < PLACES_TRIED && !paths.isEmpty(); tried++) {
            Path path = paths.get(random().nextInt(paths.size()));
            SimulatedFile file = machine.file(path);
            int position = place(file);
            boolean worthIt = position >= 0 && (file.at(position) != 0 || tried > PLACES_TRIED / 2);
            if (worthIt && file.isDurable(position)) {
                long bit = 8L * position + random().nextInt(8);
                file.flip(bit);
                if (present != null) {
                    present.flip(path, bit);
                }
                return true;
            }
        }
        return false;
    }

    /** Anywhere, or within the last that was written, which a change could make look unfinished. */
    private int place(SimulatedFile file) {
        int size = (int) file.size();
        if (random().nextBoolean()) {
            return size == 0 ? -1 : random().nextInt(size);
        }
        int end = size;
        while (end > 0 && file.at(end - 1) == 0) {
            end--;
        }
        return end - 1 - random().nextInt(Math.max(1, Math.min(end, LAST_BYTES)));
    }

    private static boolean isChecked(Path path) {
        String name = path.toString();
        return name.endsWith(".segment") || name.endsWith(".snapshot");
    }

    /**
     * Something that was done to files.
     *
     * @param path of the file, or of the directory
     * @param begun true time at which it began
     * @param done true time at which it was done
     */
    private record Change(Path path, long begun, long done, Action action) {}

    private interface Action {
        void on(SimulatedFileSystem files) throws IOException;
    }

    private record Write(Path path, byte[] bytes, long position) implements Action {

        @Override
        public void on(SimulatedFileSystem files) throws IOException {
            files.file(path).write(ByteBuffer.wrap(bytes), position);
        }

        Write part(int length) {
            return new Write(path, Arrays.copyOf(bytes, length), position);
        }
    }

    /** The files as one process sees them, and what it did that is to be done on the machine. */
    private final class View implements FileLayer {

        private final SimulatedHost host;
        private final SimulatedFileSystem seen;
        private final Deque<Change> open = new ArrayDeque<>();

        View(SimulatedHost host, SimulatedFileSystem seen) {
            this.host = host;
            this.seen = seen;
        }

        private void add(Path path, Action action) {
            settle();
            open.add(new Change(path, host.localTime(), host.localTime(), action));
        }

        private void addSync(Path path, Action action) {
            long begun = host.localTime();
            sync(host);
            open.add(new Change(path, begun, host.localTime(), action));
        }

        /** Does on the machine what is done by now, but for what may still prove to be unfinished. */
        void settle() {
            Change next = open.peek();
            while (next != null && next.done() < host.trueTime()) {
                open.remove();
                perform(next.action());
                next = open.peek();
            }
        }

        /** The process ended at a time. */
        void end(long now) {
            while (!open.isEmpty()) {
                Change change = open.remove();
                if (change.done() > now) {
                    continue;
                }
                if (change.action() instanceof Write write && isSyncedAt(now, write)) {
                    perform(write.part(random().nextInt(write.bytes().length + 1)));
                } else {
                    perform(change.action());
                }
            }
        }

        /** A sync that was under way may as well have been the write before it, still under way. */
        private boolean isSyncedAt(long now, Write write) {
            Change next = open.peek();
            return next != null
                    && next.path().equals(write.path())
                    && next.begun() < now
                    && now < next.done()
                    && random().nextBoolean();
        }

        private void perform(Action action) {
            try {
                action.on(machine);
            } catch (IOException impossible) {
                throw new IllegalStateException("files without faults do not fail", impossible);
            }
        }

        boolean changes(Path path) {
            return open.stream().anyMatch(change -> change.path().equals(path));
        }

        void flip(Path path, long bit) {
            if (seen.files().contains(path)) {
                seen.file(path).flip(bit);
            }
        }

        @Override
        public UUID newIdentity() {
            return FileDisk.this.newIdentity();
        }

        @Override
        public void createDirectories(Path directory) {
            seen.createDirectories(directory);
        }

        @Override
        public List<String> list(Path directory) throws IOException {
            return seen.list(directory);
        }

        @Override
        public OpenFile open(Path file) throws IOException {
            return new OpenView(file, seen.open(file));
        }

        @Override
        public OpenFile create(Path file) throws IOException {
            OpenFile created = seen.create(file);
            add(file, files -> files.create(file));
            return new OpenView(file, created);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            seen.rename(from, to);
            add(to, files -> files.rename(from, to));
        }

        @Override
        public void delete(Path file) throws IOException {
            seen.delete(file);
            add(file, files -> files.delete(file));
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            seen.forceDirectory(directory);
            if (takeFailure()) {
                throw new IOException("the disk fails");
            }
            addSync(directory, files -> files.forceDirectory(directory));
        }

        @Override
        public long usableSpace(Path directory) {
            return seen.usableSpace(directory);
        }

        @Override
        public @Nullable Closeable lock(Path file) throws IOException {
            return seen.lock(file);
        }

        private final class OpenView implements OpenFile {

            private final Path path;
            private final OpenFile file;

            OpenView(Path path, OpenFile file) {
                this.path = path;
                this.file = file;
            }

            @Override
            public long size() throws IOException {
                return file.size();
            }

            @Override
            public void read(ByteBuffer target, long position) throws IOException {
                file.read(target, position);
            }

            @Override
            public void write(ByteBuffer source, long position) throws IOException {
                byte[] bytes = new byte[source.remaining()];
                source.get(bytes);
                file.write(ByteBuffer.wrap(bytes), position);
                add(path, new Write(path, bytes, position));
            }

            @Override
            public void truncate(long size) throws IOException {
                file.truncate(size);
                add(path, files -> files.file(path).truncate(size));
            }

            @Override
            public void force() throws IOException {
                // What a process sees never loses its power, so it need not be forced.
                if (takeFailure()) {
                    addSync(path, files -> files.file(path).forceInVain());
                    throw new IOException("the disk fails");
                }
                addSync(path, files -> files.file(path).force());
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        }
    }
}
