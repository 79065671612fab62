package io.omnipaxos.sample.demo;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Pauses and resumes processes, which Java itself cannot. Needs the command {@code kill} of a POSIX system. */
final class Signals {

    private static final long PATIENCE_SECONDS = 5;

    private Signals() {}

    static boolean areAvailable() {
        return send("-0", ProcessHandle.current().pid());
    }

    static boolean pause(long process) {
        return send("-STOP", process);
    }

    static boolean resume(long process) {
        return send("-CONT", process);
    }

    private static boolean send(String signal, long process) {
        try {
            Process kill = new ProcessBuilder("kill", signal, String.valueOf(process))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return kill.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && kill.exitValue() == 0;
        } catch (IOException noSuchCommand) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
