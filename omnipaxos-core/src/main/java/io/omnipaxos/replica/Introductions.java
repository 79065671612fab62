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
 * Makes sure that a storage that has forgotten what its node promised takes part in no decision. A configuration names the
 * storages of its members. The first one does not: there each member introduces itself to the others with the name of its
 * storage, and they keep the first that they hear. Such a storage is eligible once, with this node, a read quorum knows it
 * and nobody knows another. A node that is known with another storage stays out of the configuration for good; the next one
 * may name its new storage.
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

    /** Names this node's storage. */
    UUID identity() {
        return identity;
    }

    /** Whether this storage may take part in decisions. */
    boolean isEligible() {
        return membership.eligible() && !isForgetful();
    }

    /** Whether this node is known with another storage, whose promises this one does not know. */
    boolean isForgetful() {
        UUID known = known(settings.pid());
        return known != null && !known.equals(identity);
    }

    private boolean isNamed() {
        return identity.equals(known(settings.pid()));
    }

    /** The storage with which a node introduced itself, null if it did not. */
    @Nullable
    UUID known(long pid) {
        return membership.identities().get(pid);
    }

    /** Introduces this node to everybody who does not know it yet. */
    void begin() {
        UUID other = known(settings.pid());
        if (other != null && !other.equals(identity)) {
            noticeForgetful("the others know", other);
        } else if (configuration.contains(settings.pid())) {
            peers.forEach(this::introduce);
            becomeEligible();
        }
    }

    void tick() {
        ticks++;
        boolean introduces = configuration.contains(settings.pid()) && known(settings.pid()) == null;
        if (introduces && ticks % settings.resendTicks() == 0) {
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
        if (!answer.asked().equals(identity) || known(settings.pid()) != null) {
            return;
        }
        if (answer.known().equals(identity)) {
            knownBy.add(from);
            becomeEligible();
        } else {
            change(membership.knowing(settings.pid(), answer.known()));
            noticeForgetful("node " + from + " knows", answer.known());
        }
    }

    private void noticeForgetful(String who, UUID other) {
        effects.notice(new Notice.Eligibility(
                false,
                who + " this node with the storage " + other + ", but it has " + identity
                        + " now: what it promised with"
                        + " the other one is forgotten, so it takes part in no decision until it has the log and a"
                        + " reconfiguration, which the leader begins by itself, admits it anew"));
    }

    private void becomeEligible() {
        boolean known =
                isNamed() || knownBy.size() + 1 >= configuration.quorums().read();
        if (known && !membership.eligible()) {
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
