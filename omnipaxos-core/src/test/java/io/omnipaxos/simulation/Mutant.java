package io.omnipaxos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The library with one defect, compiled from its sources and loaded beside the right one. */
final class Mutant {

    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Path CLASSES = Path.of("target", "classes");
    private static final String ROOT = "io.omnipaxos.";

    private final Method run;

    private Mutant(Method run) {
        this.run = run;
    }

    /**
     * Makes one.
     *
     * @param directory empty, for what is compiled
     */
    static Mutant of(Mutation mutation, Path directory) {
        try {
            compile(edited(mutation), directory);
            URL[] places = {directory.toUri().toURL(), CLASSES.toUri().toURL()};
            Class<?> simulator = new Loader(places).loadClass(ROOT + "simulation.Simulator");
            return new Mutant(simulator.getMethod("run", long.class, long.class, int.class));
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException(mutation.name(), e);
        }
    }

    /** What the simulator finds in the scenarios of some seeds, null if nothing. */
    @Nullable
    String find(long from, long count, int threads) {
        try {
            Object unused = run.invoke(null, from, count, threads);
            return null;
        } catch (InvocationTargetException found) {
            return String.valueOf(found.getCause().getMessage());
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<Path, String> edited(Mutation mutation) throws IOException {
        Map<Path, String> sources = new TreeMap<>();
        String[] edits = mutation.edits();
        for (int i = 0; i < edits.length; i += 3) {
            Path file = SOURCES.resolve("io/omnipaxos/" + edits[i] + ".java");
            String source = sources.containsKey(file) ? sources.get(file) : Files.readString(file);
            int place = source.indexOf(edits[i + 1]);
            assertThat(place)
                    .as("%s: '%s' stands exactly once in %s", mutation, edits[i + 1], file)
                    .isNotNegative()
                    .isEqualTo(source.lastIndexOf(edits[i + 1]));
            sources.put(file, source.replace(edits[i + 1], edits[i + 2]));
        }
        return sources;
    }

    private static void compile(Map<Path, String> sources, Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Map.Entry<Path, String> source : sources.entrySet()) {
            Path file = directory.resolve("src").resolve(SOURCES.relativize(source.getKey()));
            Files.createDirectories(file.getParent());
            files.add(Files.writeString(file, source.getValue()));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        String path = CLASSES + System.getProperty("path.separator") + System.getProperty("java.class.path");
        List<String> options = List.of("-proc:none", "-nowarn", "-cp", path, "-d", directory.toString());
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            messages, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                    .call();
            assertThat(compiled).as("%s", messages).isTrue();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Takes the library from its own places, everything else from the parent. */
    private static final class Loader extends URLClassLoader {

        Loader(URL[] places) {
            super(places, Mutant.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(ROOT)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }
}
