package io.omnipaxos.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What an operating system may empty at any time. */
final class TemporaryDirectory {

    private TemporaryDirectory() {}

    /** Whether the path lies under it, also by way of a link. */
    static boolean contains(Path path) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        return real(path).startsWith(real(temporary));
    }

    /** Links are resolved as far as the path exists. */
    private static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        for (@Nullable Path existing = absolute; existing != null; existing = existing.getParent()) {
            try {
                return existing.toRealPath().resolve(existing.relativize(absolute));
            } catch (IOException missing) {
                // The parent may exist.
            }
        }
        return absolute;
    }
}
