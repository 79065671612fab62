package io.omnipaxos.election.ballot;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.election.Election;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.message.ElectionMessage.HeartbeatReply;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Ballot Leader Election: in rounds of one election timeout each node asks all others for a sign of life and then
 * decides, from the replies of that round alone, whom it follows, whether it is content with that leader, and whether
 * it must take over. One node that reaches a quorum is enough for a leader to emerge, however the other links are cut.
 *
 * <p>Usable alone: call {@link #tick()} at a fixed period, hand over received messages with {@link #handle}, and send
 * what {@link #drainOutgoing} returns.
 *
 * <p>Ballots begin at n = 0, which claims nothing. As long as nobody follows a ballot above 0, the nodes agree on the
 * highest priority among those that hear a quorum, and only that node takes ballot 1: a cold start elects once.
 *
 * <p>A node that ceases to be content, or promises a ballot, answers the present rounds of the others once more. With one
 * answer a round, news of it would take up to two rounds to each neighbour: who does not hear the leader itself would
 * stand later than the bound, or above a leader that the neighbours have followed for almost a round.
 *
 * @see <a href="https://doi.org/10.1145/3552326.3587441">Ng, Haridi, Carbone: Omni-Paxos: Breaking the Barriers of
 *     Partial Connectivity, EuroSys 2023, section 5</a>
 */
public final class BallotLeaderElection implements Election, ElectionMessage.Visitor {

    private final long boot;
    private final ClusterConfiguration configuration;
    private final List<Long> peers;
    private final int ticksPerRound;

    private final Map<Long, HeartbeatReply> replies = new TreeMap<>();
    /** The present round of each peer, as far as it is known here. */
    private final Map<Long, HeartbeatRequest> asked = new TreeMap<>();

    private final Map<Long, PeerView> lastHeard = new TreeMap<>();
    private final List<Outgoing> outgoing = new ArrayList<>();

    private long round;
    private int ticksInRound;
    private Ballot own;
    private Ballot leader;
    private boolean happy;
    /** Whether the leader was promised after the present round began, so that the round's replies may not show it. */
    private boolean followsSinceThisRound;

    /** The number that a takeover stopped by the gate must exceed, or -1 if none was stopped. */
    private long stoppedTakeover = -1;

    /**
     * @param pid this node, a member
     * @param boot the durable boot counter of this start, so that replies to an earlier start are not counted
     * @param configuration the members and their quorums
     * @param priority tie-break between ballots of the same number
     * @param ticksPerRound how many ticks a round takes, positive
     * @param promise the highest ballot that this node promised before it was restarted, or {@link Ballot#NONE}
     */
    public BallotLeaderElection(
            long pid, long boot, ClusterConfiguration configuration, int priority, int ticksPerRound, Ballot promise) {
        if (!configuration.contains(pid)) {
            throw new IllegalArgumentException("node " + pid + " is not among " + configuration.nodes());
        }
        if (ticksPerRound < 1) {
            throw new IllegalArgumentException("a round takes at least one tick, not " + ticksPerRound);
        }
        this.boot = boot;
        this.configuration = configuration;
        this.peers = configuration.peersOf(pid);
        this.ticksPerRound = ticksPerRound;
        this.own = new Ballot(configuration.id(), 0, priority, pid);
        this.leader = promise.isNone() ? own : promise;
        // A restarted node has heard from no leader yet; a new one may be the best there is.
        this.happy = promise.isNone();
        startRound();
    }

    /** One tick of time, with nothing forbidden: for use without Sequence Paxos. */
    public @Nullable Ballot tick() {
        return tick(Standing.FREE);
    }

    @Override
    public @Nullable Ballot tick(Standing standing) {
        ticksInRound++;
        boolean alone = peers.isEmpty();
        if (ticksInRound < ticksPerRound && !alone) {
            return null;
        }
        boolean wasHappy = happy;
        Ballot elected = endRound(standing);
        if (wasHappy && !happy) {
            answerAgain();
        }
        startRound();
        return elected;
    }

    @Override
    public @Nullable Ballot retry(Standing standing) {
        return stoppedTakeover < 0 || !standing.stands() ? null : take(stoppedTakeover, standing);
    }

    @Override
    public @Nullable Ballot takeOver(Ballot above, Standing standing) {
        return take(Math.max(above.n(), leader.n()), standing);
    }

    @Override
    public void handle(long from, ElectionMessage message) {
        message.accept(from, this);
    }

    @Override
    public void heartbeatRequest(long from, HeartbeatRequest request) {
        asked.put(from, request);
        answer(from, request);
    }

    private void answer(long to, HeartbeatRequest request) {
        outgoing.add(new Outgoing(to, new HeartbeatReply(request.boot(), request.round(), own, leader, happy)));
    }

    private void answerAgain() {
        asked.forEach(this::answer);
    }

    @Override
    public void heartbeatReply(long from, HeartbeatReply reply) {
        boolean ofThisRound = reply.boot() == boot && reply.round() == round;
        boolean wellFormed = reply.ballot().pid() == from
                && reply.ballot().configurationId() == configuration.id()
                && peers.contains(from);
        if (ofThisRound && wellFormed) {
            replies.put(from, reply);
            lastHeard.put(from, new PeerView(reply.ballot(), reply.leader(), reply.happy()));
        }
    }

    @Override
    public void follow(Ballot promise) {
        leader = promise;
        if (promise.pid() == own.pid()) {
            own = promise;
        }
        happy = true;
        followsSinceThisRound = true;
        stoppedTakeover = -1;
        answerAgain();
    }

    @Override
    public void giveUp() {
        happy = false;
        followsSinceThisRound = false;
    }

    @Override
    public Ballot leader() {
        return leader;
    }

    /** This node's own ballot. */
    public Ballot ballot() {
        return own;
    }

    @Override
    public boolean happy() {
        return happy;
    }

    @Override
    public Map<Long, PeerView> peers() {
        return new TreeMap<>(lastHeard);
    }

    @Override
    public List<Outgoing> drainOutgoing() {
        List<Outgoing> drained = List.copyOf(outgoing);
        outgoing.clear();
        return drained;
    }

    private void startRound() {
        round++;
        ticksInRound = 0;
        followsSinceThisRound = false;
        replies.clear();
        HeartbeatRequest request = new HeartbeatRequest(boot, round);
        peers.forEach(peer -> outgoing.add(new Outgoing(peer, request)));
    }

    private @Nullable Ballot endRound(Standing standing) {
        stoppedTakeover = -1;
        boolean deferred = adoptHighest();
        if (!followsSinceThisRound) {
            happy = leader.equals(own) ? canLead(standing) : leaderSaysHappy();
        }
        if (!standing.stands()
                || !isQuorum(replies.size(), configuration.quorums().read())) {
            return null;
        }
        boolean allUnhappy = !happy && replies.values().stream().noneMatch(HeartbeatReply::happy);
        return isColdStartOfThisNode(standing) || (allUnhappy && !deferred) ? take(highestNumber(), standing) : null;
    }

    /**
     * Follows the highest ballot whose owner was heard directly; what others say about their leaders does not count.
     *
     * @return whether that ballot claims nothing yet, so that its owner is given a round to claim it
     */
    private boolean adoptHighest() {
        Ballot highest = replies.values().stream().map(HeartbeatReply::ballot).reduce(leader, Ballot::max);
        boolean adopted = highest.isAbove(leader);
        leader = highest;
        followsSinceThisRound &= !adopted;
        return adopted && highest.n() == 0;
    }

    /** Whether nobody is content with a leader, and the nodes that agree on this one as the first are a quorum. */
    private boolean isColdStartOfThisNode(Standing standing) {
        boolean nobodyLeads = leader.n() == 0
                && replies.values().stream().noneMatch(reply -> reply.leader().n() > 0 && reply.happy());
        return nobodyLeads && leader.equals(own) && isFollowed(standing);
    }

    /** Whether this node, which follows itself, is followed by a quorum, or gives way to a better leader in peace. */
    private boolean canLead(Standing standing) {
        boolean anotherLeads =
                replies.values().stream().anyMatch(reply -> reply.leader().isAbove(own) && reply.happy());
        // Who claims nothing yet and will not stand would be waited for in vain.
        boolean willLead = own.n() > 0 || standing.stands();
        return willLead && standing.able() && (isFollowed(standing) || anotherLeads);
    }

    private boolean isFollowed(Standing standing) {
        long followers = replies.values().stream()
                .filter(reply -> !reply.leader().isAbove(own))
                .count();
        Quorums quorums = configuration.quorums();
        return isQuorum(followers, standing.accepts() ? quorums.write() : quorums.read());
    }

    private boolean leaderSaysHappy() {
        return replies.values().stream().anyMatch(reply -> reply.ballot().equals(leader) && reply.happy());
    }

    private static boolean isQuorum(long others, int needed) {
        return others + 1 >= needed;
    }

    /** The highest number that anybody heard of follows; a takeover above it needs no second try. */
    private long highestNumber() {
        return replies.values().stream().mapToLong(reply -> reply.leader().n()).reduce(leader.n(), Math::max);
    }

    private @Nullable Ballot take(long above, Standing standing) {
        if (!standing.gateOpen()) {
            stoppedTakeover = above;
            return null;
        }
        follow(new Ballot(configuration.id(), above + 1, own.priority(), own.pid()));
        return own;
    }
}
