package io.omnipaxos.spring.state;

import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.node.Committed;
import io.omnipaxos.statemachine.StateMachine;
import java.util.concurrent.CompletableFuture;

/** Decides everything at once, on the thread that appends. */
final class FakeLog implements ReplicatedLog {

    private final StateMachine machine;
    private long index;

    FakeLog(StateMachine machine) {
        this.machine = machine;
    }

    static Command command(byte[] payload) {
        return new Command(new ProposalId(1, 1, 1), 1, 0, payload);
    }

    @Override
    public CompletableFuture<Committed> append(byte[] command) {
        index++;
        return CompletableFuture.supplyAsync(() -> new Committed(index, machine.apply(index, command(command))));
    }

    @Override
    public CompletableFuture<Long> readBarrier() {
        return CompletableFuture.completedFuture(index);
    }
}
