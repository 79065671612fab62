package io.omnipaxos.sample.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node of the demo, over all its starts. Safe for use by any thread. */
final class NodeProcess {

    private static final Logger LOG = LoggerFactory.getLogger(NodeProcess.class);

    /** How the process is now. */
    enum State {
        /** No process runs. */
        ENDED,
        RUNNING,
        /** The process exists, but the system gives it no time. */
        PAUSED
    }

    private final long pid;
    private final URI url;
    private final List<String> command;
    private final Path log;
    private @Nullable Process process;
    private boolean paused;

    /**
     * Starts nothing yet.
     *
     * @param pid of the node in its cluster
     * @param log the output of all its starts
     */
    NodeProcess(long pid, URI url, List<String> command, Path log) {
        this.pid = pid;
        this.url = url;
        this.command = command;
        this.log = log;
    }

    long pid() {
        return pid;
    }

    URI url() {
        return url;
    }

    Path log() {
        return log;
    }

    synchronized State state() {
        if (process == null || !process.isAlive()) {
            return State.ENDED;
        }
        return paused ? State.PAUSED : State.RUNNING;
    }

    /** The number that the system gave the process, null where none runs. */
    synchronized @Nullable Long processId() {
        return state() == State.ENDED || process == null ? null : process.pid();
    }

    /** How the last process ended, null if it runs or there was none. */
    synchronized @Nullable Integer exitCode() {
        return process == null || process.isAlive() ? null : process.exitValue();
    }

    synchronized void start() {
        if (state() != State.ENDED) {
            throw new IllegalStateException("node " + pid + " runs already");
        }
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            process = started;
            paused = false;
            LOG.info("node {} is process {} at {}, its log is {}", pid, started.pid(), url, log);
            CompletableFuture<Void> unused = started.onExit()
                    .thenAccept(ended ->
                            LOG.info("node {} has ended with exit code {}, see {}", pid, ended.exitValue(), log));
        } catch (IOException failure) {
            throw new UncheckedIOException("node " + pid + " could not be started with " + command, failure);
        }
    }

    /** As a crash: the process has no chance to say anything. */
    synchronized void kill() {
        running().destroyForcibly();
    }

    /** Asks the process to end, which hands leadership over first. */
    synchronized void stop() {
        Process asked = running();
        asked.destroy();
        if (paused) {
            resume();
        }
    }

    synchronized void pause() {
        Process present = running();
        if (!Signals.pause(present.pid())) {
            throw new IllegalStateException("this system cannot pause a process");
        }
        paused = true;
    }

    synchronized void resume() {
        Process present = running();
        if (!Signals.resume(present.pid())) {
            throw new IllegalStateException("this system cannot resume a process");
        }
        paused = false;
    }

    /** Completes when no process runs. */
    synchronized CompletableFuture<?> ended() {
        return process == null ? CompletableFuture.completedFuture(null) : process.onExit();
    }

    private Process running() {
        if (process == null || !process.isAlive()) {
            throw new IllegalStateException("node " + pid + " does not run");
        }
        return process;
    }
}
