package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.election.Election;
import io.omnipaxos.election.ballot.BallotLeaderElection;
import io.omnipaxos.lease.LeaseTerms;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.LogReader;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.message.ElectionMessage.HeartbeatReply;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One replica, stepped by hand: the test is its network, its clock and its peers. A step is made durable and applied at
 * once, unless it is taken with {@link #stepOnly}.
 */
public final class ReplicaFixture {

    public static final long MILLI = 1_000_000;
    public static final long TICK = 50 * MILLI;
    public static final int ELECTION_TICKS = 10;
    public static final int RESEND_TICKS = 5;
    public static final int HEARTBEAT_TICKS = 2;
    public static final long LEASE = ELECTION_TICKS * TICK;
    public static final LeaseTerms TERMS = new LeaseTerms(LEASE, 0.01);
    public static final String CLUSTER = "test";

    private final long pid;
    private final ClusterConfiguration configuration;
    private final boolean scripted;
    private MemoryStorage log;
    private final List<Envelope> sent = new ArrayList<>();
    private final List<Envelope> outgoing = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();

    private ClockReading now = new ClockReading(1_000 * MILLI, 5_000_000);
    private Replica replica;
    private Election election;
    private Effects last;
    private Lease lease;
    private final List<Effects> unsynced = new ArrayList<>();
    private long appliedThrough;
    private long sequence;
    private boolean applies = true;
    private boolean endsLeadership;
    private int writesUntilPowerCut = Integer.MAX_VALUE;
    public int maxMessageBytes = 1 << 20;

    private ReplicaFixture(long pid, ClusterConfiguration configuration, boolean scripted) {
        this.pid = pid;
        this.configuration = configuration;
        this.scripted = scripted;
        this.log = new MemoryStorage(identity(pid));
    }

    /** What names the first storage of a node. */
    public static UUID identity(long pid) {
        return new UUID(7, pid);
    }

    /** A node of that many, 1, 2, 3, …, with an election that does what the test says. */
    public static ReplicaFixture of(long pid, int nodes) {
        return of(pid, Quorums.majority(nodes));
    }

    public static ReplicaFixture of(long pid, Quorums quorums) {
        return of(pid, configuration(quorums));
    }

    /** A node of this configuration, or one that wants to be, with an election that does what the test says. */
    public static ReplicaFixture of(long pid, ClusterConfiguration configuration) {
        return new ReplicaFixture(pid, configuration, true).eligible();
    }

    /** A node whose storage is new, so that nobody knows it yet. */
    public static ReplicaFixture fresh(long pid, ClusterConfiguration configuration) {
        return new ReplicaFixture(pid, configuration, true);
    }

    /** With Ballot Leader Election. */
    public static ReplicaFixture withBallotElection(long pid, int nodes) {
        return withBallotElection(pid, configuration(Quorums.majority(nodes)));
    }

    /** With Ballot Leader Election, on a storage that nobody knows yet. */
    public static ReplicaFixture withBallotElection(long pid, ClusterConfiguration configuration) {
        return new ReplicaFixture(pid, configuration, false).eligible();
    }

    private ReplicaFixture eligible() {
        return stored(WriteBatch.membership(Membership.in(configuration).asEligible()));
    }

    /** The first configuration of as many nodes, 1, 2, 3, …. */
    public static ClusterConfiguration configuration(Quorums quorums) {
        List<Long> pids = new ArrayList<>();
        for (long pid = 1; pid <= quorums.nodes(); pid++) {
            pids.add(pid);
        }
        return new ClusterConfiguration(1, pids, quorums);
    }

    // before and between starts

    /** Puts this into the storage. */
    public ReplicaFixture stored(WriteBatch batch) {
        log.write(batch);
        return this;
    }

    /** Stores a snapshot of everything up to an index, as the state machine would. */
    public ReplicaFixture storedSnapshot(long index) {
        Contents.takeSnapshot(log, index, configuration);
        return this;
    }

    /** Replaces the storage by a new one, of another name. */
    public ReplicaFixture wiped() {
        log = new MemoryStorage(new UUID(log.identity().getMostSignificantBits() + 1, pid));
        return this;
    }

    public ReplicaFixture start() {
        writesUntilPowerCut = Integer.MAX_VALUE;
        log = log.reopen();
        log.write(WriteBatch.bootCounter(log.state().bootCounter() + 1));
        long boot = log.state().bootCounter();
        ReplicaSettings settings = new ReplicaSettings(
                CLUSTER,
                pid,
                boot,
                configuration,
                ELECTION_TICKS,
                RESEND_TICKS,
                HEARTBEAT_TICKS,
                TERMS,
                maxMessageBytes);
        replica = new Replica(
                settings,
                log.state(),
                log.identity(),
                log,
                (present, promise) -> {
                    election = scripted
                            ? new ScriptedElection(present.id(), pid, promise)
                            : new BallotLeaderElection(pid, boot, present, 0, ELECTION_TICKS, promise);
                    return election;
                },
                now);
        appliedThrough = 0;
        sequence = 0;
        lease = null;
        unsynced.clear();
        sent.clear();
        outgoing.clear();
        notices.clear();
        step(new Input.Stand(true, now));
        return this;
    }

    /** Applies nothing from now on, as a slow state machine would. */
    public void stopApplying() {
        applies = false;
    }

    // inputs

    /** Takes inputs without making anything durable. */
    public Effects stepOnly(Input... inputs) {
        last = replica.step(List.of(inputs));
        lease = last.lease();
        send(last.sendNow());
        unsynced.add(last);
        return last;
    }

    /** Makes durable what the steps since the last time asked for, says so, and applies what may be applied. */
    public Effects sync() {
        List<Effects> steps = List.copyOf(unsynced);
        unsynced.clear();
        boolean wrote = false;
        for (Effects effects : steps) {
            for (SnapshotPart part : effects.snapshotParts()) {
                beforeWrite();
                log.write(part);
            }
            if (!effects.persist().isEmpty()) {
                beforeWrite();
                log.write(effects.persist());
                wrote = true;
            }
            send(effects.sendAfterSync());
            notices.addAll(effects.notices());
            endsLeadership |= effects.notices().stream().anyMatch(Notice.Ending.class::isInstance);
        }
        if (wrote) {
            step(new Input.Persisted(now));
        }
        if (applies && last.applyThrough() > appliedThrough) {
            appliedThrough = last.applyThrough();
            step(new Input.Applied(appliedThrough, now));
        }
        return last;
    }

    /** The power fails before the given write from now on, the first being 1. */
    public void cutPowerBeforeWrite(int number) {
        writesUntilPowerCut = number;
    }

    private void beforeWrite() {
        if (--writesUntilPowerCut == 0) {
            throw new PowerCut();
        }
    }

    /** What was not written is lost; only a restart helps. */
    public static final class PowerCut extends RuntimeException {}

    private void send(List<Envelope> envelopes) {
        sent.addAll(envelopes);
        outgoing.addAll(envelopes);
    }

    /** Takes what was sent since the last time. */
    List<Envelope> takeOutgoing() {
        List<Envelope> taken = List.copyOf(outgoing);
        outgoing.clear();
        return taken;
    }

    /** Takes inputs and does all that follows from them; answers with the effects of the inputs alone. */
    public Effects step(Input... inputs) {
        Effects effects = stepOnly(inputs);
        sync();
        return effects;
    }

    /** Loses what was not made durable, and starts again. */
    public ReplicaFixture restart() {
        return start();
    }

    public Effects tick() {
        advance(TICK);
        return step(new Input.Tick(now));
    }

    public void ticks(int count) {
        for (int i = 0; i < count; i++) {
            tick();
        }
    }

    public ReplicaFixture advance(long nanos) {
        now = new ClockReading(now.nanos() + nanos, now.wallMillis() + nanos / MILLI);
        return this;
    }

    public Input received(long from, Message message) {
        return new Input.Received(
                new Envelope(CLUSTER, replica.status().configuration().id(), from, pid, message), now);
    }

    public Effects receive(long from, Message message) {
        return step(received(from, message));
    }

    public Effects receive(Envelope envelope) {
        return step(new Input.Received(envelope, now));
    }

    /** Proposes a command with this text. */
    public Command propose(String text) {
        Command command = command(pid, ++sequence, text);
        step(new Input.Proposed(List.of(command), now));
        return command;
    }

    /** Takes a snapshot of everything up to an index. */
    public Effects takeSnapshot(long index) {
        Contents.takeSnapshot(log, index, configuration);
        return step(new Input.SnapshotTaken(appliedThrough, now));
    }

    public Effects reconfigure(ClusterConfiguration next) {
        return step(new Input.Reconfigure(next, now));
    }

    /** Whether leadership is to end since this was last asked. */
    boolean takeEnding() {
        boolean taken = endsLeadership;
        endsLeadership = false;
        return taken;
    }

    /** Says that all work on behalf of the leadership that is to end has ended. */
    public Effects release() {
        List<Notice.Ending> endings = notices(Notice.Ending.class);
        Notice.Ending ending = endings.get(endings.size() - 1);
        return step(new Input.Release(ending.ballot(), ending.successor(), now));
    }

    // the shape of a leadership

    /** Elects this node in a ballot of this number and has the peers promise that ballot with empty logs. */
    public Ballot prepared(long n, long... peers) {
        Ballot ballot = candidate(n);
        for (long peer : peers) {
            receive(peer, emptyPromise(ballot));
        }
        return ballot;
    }

    /** Elects this node in a ballot of this number. */
    public Ballot candidate(long n) {
        Ballot ballot = new Ballot(status().configuration().id(), n, 0, pid);
        scripted().elect(ballot);
        tick();
        return ballot;
    }

    /** Makes this node the leader of a ballot of this number, with a lease and all accepted by these peers. */
    public Ballot granted(long n, long... peers) {
        Ballot ballot = prepared(n, peers);
        for (long peer : peers) {
            receive(peer, new Accepted(ballot, acceptedIndex()));
        }
        answerLastHeartbeat(peers);
        return ballot;
    }

    /** These peers grant the last heartbeat that was sent to them. */
    public void answerLastHeartbeat(long... peers) {
        for (long peer : peers) {
            LeaderHeartbeat heartbeat = lastSentTo(peer, LeaderHeartbeat.class);
            receive(peer, grantOf(heartbeat, acceptedIndex()));
        }
    }

    public static HeartbeatAnswer grantOf(LeaderHeartbeat heartbeat, long acceptedIndex) {
        return new HeartbeatAnswer(heartbeat.ballot(), heartbeat.round(), true, acceptedIndex, true);
    }

    /** Makes this node a follower in step with a leader, with this log. */
    public void following(Ballot leader, long decidedIndex, LogEntry... entries) {
        receive(leader.pid(), prepareOf(leader));
        Promise promise = lastSentTo(leader.pid(), Promise.class);
        receive(leader.pid(), new AcceptSync(leader, promise.nonce(), 1, List.of(entries), decidedIndex));
    }

    /** A peer that follows this node in everything answers what was sent to it since the last time. */
    public void answerAs(long peer) {
        List<Envelope> unanswered = List.copyOf(sent);
        sent.clear();
        for (Envelope envelope : unanswered) {
            Message message = envelope.message();
            if (envelope.to() != peer) {
                continue;
            }
            if (message instanceof HeartbeatRequest request) {
                Ballot fresh = new Ballot(configuration.id(), 0, 0, peer);
                Ballot followed = Ballot.max(fresh, election.leader());
                receive(peer, new HeartbeatReply(request.boot(), request.round(), fresh, followed, true));
            } else if (message instanceof Prepare prepare) {
                receive(peer, emptyPromise(prepare.ballot()));
            } else if (message instanceof AcceptSync sync) {
                receive(
                        peer,
                        new Accepted(
                                sync.ballot(),
                                sync.firstIndex() + sync.entries().size() - 1));
            } else if (message instanceof LeaderHeartbeat heartbeat) {
                receive(peer, grantOf(heartbeat, heartbeat.acceptedIndex()));
            }
        }
    }

    // the small words

    public static Ballot ballot(long n, long pid) {
        return new Ballot(1, n, 0, pid);
    }

    public static Prepare prepareOf(Ballot ballot) {
        return new Prepare(ballot, 0, Ballot.NONE, 0, Ballot.NONE);
    }

    public static Promise emptyPromise(Ballot ballot) {
        return new Promise(ballot, new Nonce(1, 1), Ballot.NONE, 0, 0, 1, List.of());
    }

    public static LeaderHeartbeat heartbeat(Ballot ballot, long round) {
        return new LeaderHeartbeat(ballot, round, true, LEASE, 0, 0, 0);
    }

    public static Command command(long pid, long sequence, String text) {
        return new Command(new ProposalId(pid, 1, sequence), 1, 0, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Commands of node 9 that the test calls by their text. */
    public static LogEntry[] entries(String... texts) {
        LogEntry[] entries = new LogEntry[texts.length];
        for (int i = 0; i < texts.length; i++) {
            entries[i] = entry(texts[i]);
        }
        return entries;
    }

    public static LogEntry entry(String text) {
        return command(9, 1, text);
    }

    // what can be seen

    public ScriptedElection scripted() {
        return (ScriptedElection) election;
    }

    public long pid() {
        return pid;
    }

    public ReplicaStatus status() {
        return replica.status();
    }

    public long acceptedIndex() {
        return replica.status().acceptedIndex();
    }

    public long decidedIndex() {
        return replica.status().decidedIndex();
    }

    public DurableState durable() {
        return log.state();
    }

    public List<LogEntry> storedEntries() {
        DurableState state = log.state();
        return state.acceptedIndex() == state.compactedIndex()
                ? List.of()
                : log.read(state.compactedIndex() + 1, state.acceptedIndex(), Long.MAX_VALUE);
    }

    /** What everything up to the decided index amounts to, entry by entry. */
    public List<String> contents() {
        return Contents.of(log, log.state().compactedIndex(), decidedIndex());
    }

    /** What is stored. */
    public LogReader log() {
        return log;
    }

    public List<SnapshotInfo> snapshots() {
        return log.snapshots();
    }

    public UUID identity() {
        return log.identity();
    }

    public long appliedThrough() {
        return appliedThrough;
    }

    public ClockReading now() {
        return now;
    }

    public void setWallClock(long millis) {
        now = new ClockReading(now.nanos(), millis);
    }

    /** What {@code isLeader()} answers now. */
    public boolean isLeader() {
        return lease != null && lease.holdsAt(now);
    }

    public List<Notice> notices() {
        return notices;
    }

    public <T extends Notice> List<T> notices(Class<T> kind) {
        return notices.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** Forgets what was sent and noticed so far. */
    public void forget() {
        sent.clear();
        notices.clear();
    }

    public <T extends Message> List<T> sentTo(long to, Class<T> kind) {
        return of(sent, to, kind);
    }

    public <T extends Message> T lastSentTo(long to, Class<T> kind) {
        List<T> all = sentTo(to, kind);
        if (all.isEmpty()) {
            throw new AssertionError("no " + kind.getSimpleName() + " was sent to " + to);
        }
        return all.get(all.size() - 1);
    }

    /** Messages of a kind to a node within a list of envelopes. */
    public static <T extends Message> List<T> of(List<Envelope> envelopes, long to, Class<T> kind) {
        return envelopes.stream()
                .filter(envelope -> envelope.to() == to)
                .map(Envelope::message)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
