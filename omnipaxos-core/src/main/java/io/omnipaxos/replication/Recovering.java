package io.omnipaxos.replication;

import io.omnipaxos.message.ReplicationMessage.PrepareRequest;

/** Knows of no leader that prepared this node; asks all nodes whether one of them leads. */
final class Recovering implements Phase {

    private final SequencePaxos paxos;
    private int ticks;

    Recovering(SequencePaxos paxos) {
        this.paxos = paxos;
    }

    @Override
    public void tick() {
        ticks++;
        if (ticks % paxos.resendTicks() == 0) {
            paxos.peers().forEach(this::ask);
        }
    }

    @Override
    public void reconnected(long pid) {
        ask(pid);
    }

    private void ask(long pid) {
        paxos.effects().send(pid, new PrepareRequest(paxos.promise()));
    }
}
