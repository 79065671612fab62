package io.omnipaxos.spring.state;

import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.node.Committed;
import io.omnipaxos.statemachine.StateMachine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** Decides everything at once, and applies it on a thread of its own, in order. */
final class FakeLog implements ReplicatedLog {

    private final Executor applyThread = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "apply");
        thread.setDaemon(true);
        return thread;
    });
    private final StateMachine machine;
    private long index;

    FakeLog(StateMachine machine) {
        this.machine = machine;
    }

    static Command command(byte[] payload) {
        return new Command(new ProposalId(1, 1, 1), 1, 0, payload);
    }

    static Command command(MapCommand command) {
        return command(MapCodec.encode(command));
    }

    @Override
    public synchronized CompletableFuture<Committed> append(byte[] command) {
        long decided = ++index;
        return CompletableFuture.supplyAsync(
                () -> new Committed(decided, machine.apply(decided, command(command))), applyThread);
    }

    @Override
    public synchronized CompletableFuture<Long> readBarrier() {
        long decided = index;
        return CompletableFuture.supplyAsync(() -> decided, applyThread);
    }
}
