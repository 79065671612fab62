package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.election.Election;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.LeaseMessage.Released;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What this node does while it leads, beside replication: heartbeats, the lease, and giving leadership up in order.
 */
final class OwnLeadership {

    /** In election timeouts: how long an undecided entry, or a follower that promised another, is borne. */
    private static final int PATIENCE = 4;

    private final Parts parts;
    private final Supplier<@Nullable StopSign> stopSigns;
    /** Who said last that it would take over. */
    private final Set<Long> standing = new TreeSet<>();

    private @Nullable LeadershipState present;
    private long standsAgainAtTick;
    private @Nullable Ballot standsAgainAbove;
    private long preparingSinceTick;
    private long undecidedSinceTick;
    private long decidedAtLastTick;
    private long refusedSinceTick;

    /**
     * @param stopSigns asked once all work of a leadership has ended: the entry that ends the configuration, or null if it
     *     goes on
     */
    OwnLeadership(Parts parts, Supplier<@Nullable StopSign> stopSigns) {
        this.parts = parts;
        this.stopSigns = stopSigns;
    }

    /** What answers «do I lead» from now on. */
    @Nullable
    Lease lease() {
        return present == null ? null : present.lease();
    }

    /** Whether leadership is granted and the lease holds now. */
    boolean leads() {
        return present != null && present.leadsAt(parts.now());
    }

    /** Whether leadership is granted, the grace after the end of the lease included. */
    boolean isGranted() {
        return present != null && present.isGranted();
    }

    /** The token of the present leadership, 0 if none is granted. */
    long fencingToken() {
        return present == null ? 0 : present.fencingToken();
    }

    /** Whether leadership is being given up. */
    boolean isEnding() {
        return present != null && present.isEnding();
    }

    /** Whether a follower accepts what this node appends, and grants it the lease now. */
    boolean isInStep(long pid) {
        return present != null && isReachable(present, pid);
    }

    /** Whether a follower that {@linkplain #isInStep is in step} would take over as well. */
    boolean isReadyToLead(long pid) {
        return isInStep(pid) && standing.contains(pid);
    }

    /** Begins to end running work before this configuration ends. */
    void endForReconfiguration(String reason) {
        if (present != null) {
            present.end(0, reason);
        }
    }

    /** This configuration is over, and with it what was led in it. */
    void over(String reason) {
        if (present != null) {
            present.revoke(reason);
            present = null;
        }
    }

    /** Whether the cool-down after giving leadership up is over. */
    boolean mayStandAgain() {
        return parts.ticks() >= standsAgainAtTick;
    }

    /**
     * Whether this node, if it leads, gets anything decided: not while an entry, or a promise, has been waited for too
     * long, nor after release.
     */
    boolean isAble() {
        boolean undecided = parts.ticks() - undecidedSinceTick > patienceTicks();
        boolean unpromised = parts.ticks() - preparingSinceTick > patienceTicks();
        return !undecided
                && !unpromised
                && !parts.gate().isReleased(parts.paxos().promised());
    }

    /** The promise was raised: what was led before is over. */
    void promised(Ballot ballot) {
        preparingSinceTick = parts.ticks();
        over("promised " + ballot);
    }

    void tick() {
        watchDecisions();
        watchRefusals();
        if (present != null
                && asksForGrants(present)
                && parts.ticks() % parts.settings().heartbeatTicks() == 0) {
            sendHeartbeat(present, parts.peers());
        }
    }

    /** After each input: begins, grants, ends or revokes leadership as the facts demand. */
    void settle(long appliedIndex) {
        if (present == null && parts.paxos().isLeading()) {
            begin();
        }
        LeadershipState current = present;
        if (current == null) {
            return;
        }
        Ballot followed = parts.election().leader();
        boolean follows = followed.equals(current.ballot());
        if (!follows && !current.isEnding()) {
            end(current, 0, "node " + followed.pid() + " stands with a higher ballot");
        }
        if (present == current) {
            boolean before = current.isGranted();
            current.check(parts.now(), appliedIndex, follows);
            if (!before && current.isGranted()) {
                // Followers learn whom to ask from it: no need to wait for the next heartbeat.
                sendHeartbeat(current, parts.peers());
            }
        }
    }

    /** A follower came in step, so its grant counts from now on: no need to wait for the next heartbeat. */
    void cameInStep(long pid) {
        if (present != null && asksForGrants(present)) {
            sendHeartbeat(present, List.of(pid));
        }
    }

    long heartbeatRound() {
        return present == null ? 0 : present.held().round();
    }

    void answered(long from, HeartbeatAnswer answer) {
        if (present != null && answer.ballot().equals(present.ballot())) {
            present.held().answered(from, answer.round(), answer.granted());
            if (answer.stands()) {
                standing.add(from);
            } else {
                standing.remove(from);
            }
            parts.paxos().followerReported(from, answer.acceptedIndex(), answer.round());
        }
    }

    /** Begins a planned change, or refuses it in words. */
    void endOnPurpose(long wanted, boolean evenIfNobodyFollows) {
        LeadershipState current = present;
        if (current == null || !current.leadsAt(parts.now())) {
            refuseToEnd("this node does not lead");
            return;
        }
        long successor = wanted == 0 ? mostAdvancedFollower() : wanted;
        if (current.isEnding()) {
            refuseToEnd("leadership is being given up already");
        } else if (successor == 0 && evenIfNobodyFollows) {
            current.end(0, "leadership is given up though nobody could take over now");
        } else if (successor == 0) {
            refuseToEnd("no other node could take over now");
        } else if (!isReachable(current, successor)) {
            refuseToEnd("node " + successor + " is not in step with this leader now");
        } else if (!standing.contains(successor)) {
            refuseToEnd("node " + successor + " does not stand for election now");
        } else {
            current.end(successor, "handover to node " + successor);
        }
    }

    /**
     * Gives the lease of a ballot up for good; does nothing if it is not the present one. Then this leader either appends
     * the stop-sign that is wanted, or tells everybody.
     *
     * @param successor who is asked to take over, possibly this node itself, or 0 if nobody
     */
    void release(Ballot ballot, long successor, String reason) {
        LeadershipState current = present;
        if (current == null || !current.ballot().equals(ballot)) {
            return;
        }
        StopSign stopSign = stopSigns.get();
        if (stopSign != null) {
            current.close(reason);
            parts.paxos().stop(stopSign);
            return;
        }
        Ballot highest = Ballot.max(current.ballot(), parts.paxos().highestRefusal());
        current.revoke(reason);
        present = null;
        parts.gate().release(current.ballot());
        parts.election().giveUp();
        parts.paxos().stepDown();
        parts.peers().forEach(peer -> parts.send(peer, new Released(current.ballot(), peer == successor)));
        if (successor == parts.pid()) {
            standsAgainAbove = highest;
        } else {
            standsAgainAtTick = parts.ticks() + patienceTicks();
        }
    }

    /** Above which ballot this node is to stand again at once, null if it is not. Asked once for each release. */
    @Nullable
    Ballot takeStandsAgainAbove() {
        Ballot above = standsAgainAbove;
        standsAgainAbove = null;
        return above;
    }

    private void begin() {
        present = new LeadershipState(
                parts.paxos().promised(), parts, parts.paxos().leadershipIndex());
        undecidedSinceTick = parts.ticks();
        refusedSinceTick = parts.ticks();
        sendHeartbeat(present, parts.peers());
    }

    /** Drains first if anybody may act on this leadership; otherwise it is over at once. */
    private void end(LeadershipState current, long successor, String reason) {
        if (current.isGranted()) {
            current.end(successor, reason);
        } else {
            release(current.ballot(), successor, reason);
        }
    }

    /** Work that is being ended still needs the lease, unless this node follows another by now. */
    private boolean asksForGrants(LeadershipState current) {
        return !current.isEnding() || parts.election().leader().equals(current.ballot());
    }

    private void refuseToEnd(String reason) {
        parts.effects().notice(new Notice.EndingRefused(reason));
    }

    private void sendHeartbeat(LeadershipState current, List<Long> receivers) {
        long leaseNanos = parts.settings().lease().durationNanos();
        boolean happy = parts.election().happy() && isAble() && !current.isClosing();
        long round = current.held().beginRound(parts.now(), happy);
        if (happy) {
            parts.gate().grant(current.ballot(), parts.nowNanos() + leaseNanos);
        }
        LeaderHeartbeat heartbeat = new LeaderHeartbeat(
                current.ballot(),
                round,
                happy,
                leaseNanos,
                parts.log().acceptedIndex(),
                parts.log().decidedIndex(),
                current.leadsAt(parts.now()) ? current.fencingToken() : 0);
        receivers.forEach(pid -> parts.send(pid, heartbeat));
    }

    private void watchDecisions() {
        if (!parts.paxos().isPreparing()) {
            preparingSinceTick = parts.ticks();
        }
        long decided = parts.log().decidedIndex();
        boolean waiting = parts.paxos().isLeading() && decided < parts.log().acceptedIndex();
        if (!waiting || decided != decidedAtLastTick) {
            undecidedSinceTick = parts.ticks();
        }
        decidedAtLastTick = decided;
    }

    /**
     * A follower that promised a higher ballot, whose owner is gone, comes back only to a ballot above that. Without a
     * lease it may be this node that was left behind, and to stand again would depose who leads now.
     */
    private void watchRefusals() {
        LeadershipState current = present;
        Ballot refusal = parts.paxos().highestRefusal();
        if (current == null || !current.leadsAt(parts.now()) || current.isEnding() || refusal.isNone()) {
            refusedSinceTick = parts.ticks();
        } else if (parts.ticks() - refusedSinceTick > patienceTicks()) {
            refusedSinceTick = parts.ticks();
            end(current, parts.pid(), "a follower has promised " + refusal + " and follows only a higher ballot");
        }
    }

    private long patienceTicks() {
        return (long) PATIENCE * parts.settings().electionTicks();
    }

    private boolean isReachable(LeadershipState current, long pid) {
        return pid != parts.pid()
                && parts.paxos().acceptedIndexOf(pid).isPresent()
                && current.held().isGrantedBy(pid, parts.nowNanos());
    }

    /** Ready to lead, with the longest log, then the highest priority, then the highest pid; 0 if there is none. */
    private long mostAdvancedFollower() {
        long best = 0;
        for (long pid : parts.peers()) {
            if (isReadyToLead(pid) && (best == 0 || isBetterSuccessor(pid, best))) {
                best = pid;
            }
        }
        return best;
    }

    private boolean isBetterSuccessor(long pid, long best) {
        long ahead = parts.paxos().acceptedIndexOf(pid).orElse(0)
                - parts.paxos().acceptedIndexOf(best).orElse(0);
        return ahead > 0 || (ahead == 0 && priorityOf(pid) >= priorityOf(best));
    }

    private int priorityOf(long pid) {
        Election.PeerView view = parts.election().peers().get(pid);
        return view == null ? Integer.MIN_VALUE : view.ballot().priority();
    }
}
