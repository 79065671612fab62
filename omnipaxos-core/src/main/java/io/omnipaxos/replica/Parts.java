package io.omnipaxos.replica;

import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.EffectsBuilder;
import io.omnipaxos.election.Election;
import io.omnipaxos.lease.PromiseGate;
import io.omnipaxos.message.Message;
import io.omnipaxos.replication.ReplicaLog;
import io.omnipaxos.replication.SequencePaxos;
import java.util.List;

/** What the parts of a replica share: the collaborators, and the time of the present input. */
final class Parts {

    private final ReplicaSettings settings;
    private final Election election;
    private final EffectsBuilder effects;
    private final ReplicaLog log;
    private final SequencePaxos paxos;
    private final PromiseGate gate;
    private final List<Long> peers;
    private ClockReading now;
    private long ticks;

    Parts(
            ReplicaSettings settings,
            Election election,
            EffectsBuilder effects,
            ReplicaLog log,
            SequencePaxos paxos,
            PromiseGate gate,
            ClockReading now) {
        this.settings = settings;
        this.election = election;
        this.effects = effects;
        this.log = log;
        this.paxos = paxos;
        this.gate = gate;
        this.peers = settings.configuration().peersOf(settings.pid());
        this.now = now;
    }

    ReplicaSettings settings() {
        return settings;
    }

    Election election() {
        return election;
    }

    EffectsBuilder effects() {
        return effects;
    }

    ReplicaLog log() {
        return log;
    }

    SequencePaxos paxos() {
        return paxos;
    }

    PromiseGate gate() {
        return gate;
    }

    List<Long> peers() {
        return peers;
    }

    long pid() {
        return settings.pid();
    }

    void send(long to, Message message) {
        effects.send(to, message);
    }

    /** When the present input happened, or an earlier one that was read later; never after this moment. */
    ClockReading now() {
        return now;
    }

    long nowNanos() {
        return now.nanos();
    }

    /** Ticks since the start. */
    long ticks() {
        return ticks;
    }

    void advanceTo(ClockReading at) {
        if (at.nanos() > now.nanos()) {
            now = at;
        }
    }

    void countTick() {
        ticks++;
    }
}
