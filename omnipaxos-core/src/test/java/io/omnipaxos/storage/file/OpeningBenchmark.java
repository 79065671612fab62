package io.omnipaxos.storage.file;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.storage.SnapshotWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures how long a large log takes to open. Run by hand, with the test classes on the class path:
 *
 * <pre>{@code
 * java -Xmx128m … OpeningBenchmark write <directory> <entries> <entries in a batch> <bytes of a payload>
 * java -Xmx128m … OpeningBenchmark open <directory>
 * java -Xmx128m … OpeningBenchmark snapshot <directory> <megabytes>
 * }</pre>
 *
 * <p>Between the two the system's cache is to be dropped, where a cold start is wanted.
 */
final class OpeningBenchmark {

    private OpeningBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[1]);
        long begin = System.nanoTime();
        switch (arguments[0]) {
            case "write" -> {
                long entries = Long.parseLong(arguments[2]);
                int batch = Integer.parseInt(arguments[3]);
                write(directory, entries, batch, Integer.parseInt(arguments[4]));
            }
            case "open" -> open(directory).close();
            case "snapshot" -> snapshot(directory, Integer.parseInt(arguments[2]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        System.out.printf("%s: %d ms, %d bytes in files%n", arguments[0], millis, bytesIn(directory));
    }

    private static FileStorage open(Path directory) {
        return FileStorage.open(FileStorageSettings.of(directory, "cluster", 1));
    }

    private static void write(Path directory, long entries, int batch, int payload) {
        try (FileStorage storage =
                FileStorage.open(FileStorageSettings.of(directory, "cluster", 1), new UnforcedFileLayer())) {
            long next = 1;
            while (next <= entries) {
                List<LogEntry> commands = new ArrayList<>(batch);
                for (int i = 0; i < batch; i++) {
                    commands.add(new Command(new ProposalId(1, 1, next + i), 1, 0, new byte[payload]));
                }
                storage.write(WriteBatch.entries(new LogWrite(next, commands)));
                next += batch;
            }
            storage.write(WriteBatch.decided(next - 1));
        }
    }

    private static void snapshot(Path directory, int megabytes) throws IOException {
        try (FileStorage storage = open(directory)) {
            long index = storage.state().decidedIndex();
            try (SnapshotWriter writer =
                    storage.beginSnapshot(index, ClusterConfiguration.majority(1, List.of(1L, 2L, 3L)))) {
                byte[] piece = new byte[1 << 20];
                for (int i = 0; i < megabytes; i++) {
                    writer.write(piece);
                }
                writer.commit();
            }
            storage.write(WriteBatch.compacted(index));
        }
    }

    /** Millions of syncs are not what is measured. */
    private static final class UnforcedFileLayer extends NioFileLayer {

        @Override
        public OpenFile open(Path path) throws IOException {
            OpenFile file = super.open(path);
            return new OpenFile() {

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
                    file.write(source, position);
                }

                @Override
                public void truncate(long size) throws IOException {
                    file.truncate(size);
                }

                @Override
                public void force() {
                    // Not before the benchmark is over.
                }

                @Override
                public void close() throws IOException {
                    file.close();
                }
            };
        }
    }

    private static long bytesIn(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
