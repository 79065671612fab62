package io.omnipaxos.replica;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.EffectsBuilder;
import io.omnipaxos.election.Election;
import io.omnipaxos.lease.PromiseGate;
import io.omnipaxos.message.Message;
import io.omnipaxos.replication.ReplicaLog;
import io.omnipaxos.replication.SequencePaxos;
import java.util.List;

/** What the parts of a replica share in one configuration: the collaborators, and the time of the present input. */
final class Parts {

    private final ReplicaSettings settings;
    private final ClusterConfiguration configuration;
    private final Time time;
    private final Election election;
    private final EffectsBuilder effects;
    private final ReplicaLog log;
    private final SequencePaxos paxos;
    private final PromiseGate gate;
    private final List<Long> peers;

    Parts(
            ReplicaSettings settings,
            ClusterConfiguration configuration,
            Time time,
            Election election,
            EffectsBuilder effects,
            ReplicaLog log,
            SequencePaxos paxos,
            PromiseGate gate) {
        this.settings = settings;
        this.configuration = configuration;
        this.time = time;
        this.election = election;
        this.effects = effects;
        this.log = log;
        this.paxos = paxos;
        this.gate = gate;
        this.peers = configuration.peersOf(settings.pid());
    }

    ClusterConfiguration configuration() {
        return configuration;
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
        return time.now();
    }

    long nowNanos() {
        return time.now().nanos();
    }

    /** Ticks since the start. */
    long ticks() {
        return time.ticks();
    }
}
