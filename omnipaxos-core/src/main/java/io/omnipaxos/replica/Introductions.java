package io.omnipaxos.replica;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.EffectsBuilder;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.message.LearningMessage.Introduction;
import io.omnipaxos.message.LearningMessage.IntroductionAnswer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that a storage that has forgotten what its node promised takes part in no decision. Each member introduces
 * itself to the others with the name of its storage, and they keep the first that they hear in a configuration. A storage
 * is eligible once, with this node, a read quorum knows it and nobody knows another. One that is known with another
 * storage stays out of this configuration for good: the next one begins without memories.
 *
 * <p>This finds every storage that was replaced as long as one of those who know the one before answers. See the guarantees
 * in the documentation for what remains.
 */
final class Introductions {

    private final ReplicaSettings settings;
    private final UUID identity;
    private final EffectsBuilder effects;
    private final ClusterConfiguration configuration;
    private final List<Long> peers;
    private final Set<Long> knownBy = new TreeSet<>();

    private Membership membership;
    private int ticks;

    Introductions(ReplicaSettings settings, UUID identity, EffectsBuilder effects, Membership membership) {
        this.settings = settings;
        this.identity = identity;
        this.effects = effects;
        this.membership = membership;
        this.configuration = membership.configuration();
        this.peers = configuration.peersOf(settings.pid());
    }

    /** Whether this storage may take part in decisions. */
    boolean isEligible() {
        return membership.eligible() && !isForgetful();
    }

    /** Whether this node is known with another storage, whose promises this one does not know. */
    boolean isForgetful() {
        return known(settings.pid()) != null;
    }

    /** The storage with which a node introduced itself, null if it did not. */
    @Nullable
    UUID known(long pid) {
        return membership.identities().get(pid);
    }

    /** Introduces this node to everybody who does not know it yet. */
    void begin() {
        if (configuration.contains(settings.pid())) {
            peers.forEach(this::introduce);
            becomeEligible();
        }
    }

    void tick() {
        ticks++;
        boolean member = configuration.contains(settings.pid());
        if (member && !isForgetful() && ticks % settings.resendTicks() == 0) {
            peers.stream().filter(peer -> !knownBy.contains(peer)).forEach(this::introduce);
        }
    }

    /** Another member introduces itself. */
    void introduction(long from, Introduction introduction) {
        UUID known = known(from);
        if (known == null) {
            known = introduction.identity();
            change(membership.knowing(from, known));
        }
        effects.send(from, new IntroductionAnswer(introduction.identity(), known));
    }

    /** Another member says with which storage it knows this node. */
    void answer(long from, IntroductionAnswer answer) {
        if (!answer.asked().equals(identity) || isForgetful()) {
            return;
        }
        if (answer.known().equals(identity)) {
            knownBy.add(from);
            becomeEligible();
        } else {
            change(membership.knowing(settings.pid(), answer.known()));
            effects.notice(new Notice.Eligibility(
                    false,
                    "node " + from + " knows this node with the storage " + answer.known() + ", but it has " + identity
                            + " now: what it promised before is forgotten, so it takes part in no decision until a"
                            + " reconfiguration readmits it"));
        }
    }

    private void becomeEligible() {
        if (!membership.eligible()
                && knownBy.size() + 1 >= configuration.quorums().read()) {
            change(membership.asEligible());
            effects.notice(new Notice.Eligibility(
                    true,
                    "this node takes part in configuration " + configuration.id() + " with the storage " + identity));
        }
    }

    private void introduce(long peer) {
        effects.send(peer, new Introduction(identity));
    }

    private void change(Membership changed) {
        membership = changed;
        effects.persist(WriteBatch.membership(changed));
    }
}
