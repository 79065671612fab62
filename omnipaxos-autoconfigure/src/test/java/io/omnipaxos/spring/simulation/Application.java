package io.omnipaxos.spring.simulation;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.node.NodeObserver;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.simulation.SimulatedApplication;
import io.omnipaxos.simulation.SimulatedProcess;
import io.omnipaxos.spring.callback.LeadershipCallbacks;
import io.omnipaxos.spring.guard.LeaderOnlyCalls;
import io.omnipaxos.spring.guard.LeaderOnlyCalls.Outcome;
import io.omnipaxos.spring.node.NodeCandidacy;
import io.omnipaxos.spring.node.NodeStart;
import io.omnipaxos.spring.simulation.Told.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.ContextClosedEvent;

/** The application of one process, and what must hold for it at every moment. */
final class Application implements SimulatedApplication {

    static final List<String> EARLY = List.of("first", "slow", "throwing", "last");
    static final String EVENTS = "events";
    /** How much a clock and one sync may be off. */
    private static final double RATE = 0.98;

    /** More than a node needs to see that its lease has run out. */
    private static final Duration SOON = Duration.ofMillis(500);

    private static final Duration FOREVER = Duration.ofDays(1);

    private final SimulatedProcess process;
    private final SpringCluster cluster;
    private final AnnotationConfigApplicationContext context;
    private final List<Told> told = new ArrayList<>();
    private final Map<Long, Reign> reigns = new TreeMap<>();
    private final List<Work> works = new ArrayList<>();
    private final Map<String, LateBean> lateBeans = new LinkedHashMap<>();
    private @Nullable OmniPaxosNode node;
    private @Nullable Reign reign;
    private @Nullable Long owedElected;
    private @Nullable LateBean beingMade;
    private @Nullable Duration unheldSince;
    private boolean closing;
    private @Nullable Work inMethod;
    private boolean killed;
    private @Nullable Duration endedAt;

    /** A bean that is made after the context was started, and what it is to be told. */
    private static final class LateBean {
        private final List<Told> expected = new ArrayList<>();
        private boolean ready;
        private int tasks;
    }

    Application(SimulatedProcess process, SpringCluster cluster) {
        this.process = process;
        this.cluster = cluster;
        this.context = Contexts.of(this);
    }

    // what the engine asks for

    @Override
    public LeadershipListener listener() {
        Supplier<LeadershipCallbacks> callbacks = () -> context.getBean(LeadershipCallbacks.class);
        return new LeadershipListener() {
            @Override
            public void elected(Tenure tenure) {
                callbacks.get().elected(tenure);
            }

            @Override
            public void revoked(Tenure tenure, String reason) {
                callbacks.get().revoked(tenure, reason);
            }

            @Override
            public void changed(LeaderChange change) {
                callbacks.get().changed(change);
            }
        };
    }

    @Override
    public List<NodeObserver> observers() {
        return List.of(new NodeObserver() {
            @Override
            public void handover(long successor, String reason, CompletionStage<Boolean> over) {
                // The lease may have run out just now.
                reigns.values().stream().reduce((former, later) -> later).ifPresent(last -> last.ending(now()));
            }
        });
    }

    @Override
    public void start(OmniPaxosNode started) {
        node = started;
        context.refresh();
    }

    OmniPaxosNode node() {
        OmniPaxosNode present = node;
        if (present == null) {
            throw new IllegalStateException("the node is not made yet");
        }
        return present;
    }

    /** As a context that is closed does it, but that it does not wait for the node. */
    @Override
    public void stop(OmniPaxosNode stopped, Runnable handedOver) {
        context.publishEvent(new ContextClosedEvent(context));
        closing = true;
        process.after(
                cluster.logarithmic(1, 50),
                () -> context.getBean(NodeCandidacy.class).stop(handedOver));
    }

    @Override
    public void close(OmniPaxosNode closed) {
        context.getBean(NodeStart.class).stop();
        context.close();
        endedAt = now();
    }

    @Override
    public void killed() {
        killed = true;
        endedAt = now();
    }

    // time and state

    Duration now() {
        return process.reachedTime();
    }

    long pid() {
        return process.pid();
    }

    boolean isKilled() {
        return killed;
    }

    boolean hasEnded() {
        return endedAt != null;
    }

    boolean isBlocked() {
        return inMethod != null;
    }

    Duration endOfProcess() {
        Duration known = endedAt;
        return known == null ? FOREVER : known;
    }

    private boolean hasFailed() {
        return node().status().state() == State.FAILED;
    }

    private Leadership leadership() {
        return context.getBean(Leadership.class);
    }

    void expect(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            cluster.broken("node " + pid() + ": " + otherwise.get());
        }
    }

    boolean holdsLeaseOf(Reign asked) {
        Reign present = reign;
        return present != null
                && present.token() == asked.token()
                && present.lease().holdsAt(process.now());
    }

    /** Whether the node gives its lease up at this instant. */
    boolean isUncertain() {
        return leadership().leaseRemaining().isEmpty();
    }

    // leases

    @Override
    public void published(@Nullable Lease lease) {
        Reign before = reign;
        boolean held = before != null && before.lease().holdsAt(process.now());
        if (before != null && !held) {
            before.lapsed();
        }
        if (before != null && held && (lease == null || lease.fencingToken() != before.token())) {
            givenUp(before);
        }
        if (lease == null) {
            reign = null;
        } else {
            Reign present = reigns.computeIfAbsent(lease.fencingToken(), token -> new Reign(lease));
            present.renewed(lease);
            reign = present;
        }
    }

    /** A lease that still holds is given up only once work and callbacks have ended, or had their time. */
    private void givenUp(Reign given) {
        if (hasFailed()) {
            given.lapsed();
            return;
        }
        Duration since = given.endingSince();
        expect(since != null, () -> "gives up the lease of " + given.token() + " without a handover");
        Duration took = since == null ? Duration.ZERO : now().minus(since);
        boolean sure = !cluster.stoodStill(pid(), now().minus(took), now());
        given.timedOut(
                !sure || isOver(took, node().settings().drainTimeout()),
                !sure || isOver(took, node().settings().revokeTimeout()));
        expect(
                !isBlocking() || Thread.currentThread().isInterrupted(),
                () -> "leaves work of " + given.token() + " behind without interrupting it");
        expectEnded(given, "when the lease is given up after " + took.toMillis() + " ms");
        expect(
                !cluster.isCalm() || took.compareTo(longestHandover()) <= 0,
                () -> "took " + took.toMillis() + " ms to give the lease up");
    }

    private boolean isBlocking() {
        Work present = inMethod;
        return present != null && present.isRunning();
    }

    private Duration longestHandover() {
        Duration drain = node().settings().drainTimeout();
        Duration revoke = node().settings().revokeTimeout();
        Duration longer = drain.compareTo(revoke) > 0 ? drain : revoke;
        return longer.plus(longer.dividedBy(50)).plus(SpringCluster.SLACK);
    }

    private static boolean isOver(Duration took, Duration timeout) {
        return took.toNanos() >= timeout.toNanos() * RATE;
    }

    /** Neither work nor a callback of this leadership goes on, unless it was left behind. */
    void expectEnded(Reign past, String when) {
        for (Work work : works) {
            expect(
                    !work.isRunning() || work.reign().token() > past.token() || past.mayBeOutlived() || hasEnded(),
                    () -> work + " is running " + when);
        }
        for (String bean : EARLY) {
            Told last = lastOfLeadership(bean);
            boolean returned = last == null
                    || last.token() != past.token()
                    || (last.kind() == Kind.REVOKED && last.returnedAt().compareTo(now()) <= 0);
            expect(
                    returned || past.mayBeToldLate() || hasEnded(),
                    () -> "bean " + bean + " was told " + last + " and is not done " + when);
        }
    }

    /** Before a successor with this token is told on another node. */
    void expectEndedBefore(long token) {
        for (Reign past : reigns.values()) {
            if (past.token() < token && !hasEnded()) {
                expect(past != reign || past.mayBeOutlived() || !holdsLeaseOf(past), () -> "still leads");
                Reign present = reign;
                if (past != present || !holdsLeaseOf(past)) {
                    lapseUnlessGivenUp(past);
                }
                expectEnded(past, "when the leader with token " + token + " is told");
            }
        }
    }

    /** A lease may have run out without the loop having seen it yet. */
    private void lapseUnlessGivenUp(Reign past) {
        if (past == reign) {
            past.lapsed();
        }
    }

    // callbacks

    void told(String bean, Kind kind, Object fact, Leadership argument) {
        expect(argument == leadership(), () -> "another leadership is the argument");
        expect(!killed, () -> "tells " + bean + " something after the end of the process");
        if (bean.equals("first")) {
            begins(kind, fact);
        }
        if (bean.equals("slow") && cluster.oneIn(3)) {
            process.spend(cluster.logarithmic(1, 800));
        }
        told.add(new Told(bean, kind, fact, now()));
        if (bean.equals("throwing") && cluster.oneIn(2)) {
            throw new AssertionError("on purpose");
        }
    }

    private void begins(Kind kind, Object fact) {
        if (kind == Kind.CHANGED) {
            return;
        }
        long token = ((Tenure) fact).fencingToken();
        if (kind == Kind.ELECTED) {
            Long owed = owedElected;
            // Callbacks may be behind: what came before is told first.
            expect(owed == null || token <= owed, () -> "is told " + token + ", but work was admitted with " + owed);
            owedElected = owed != null && token == owed ? null : owed;
            boolean prompt =
                    cluster.now().equals(now()) && reign != null && holdsLeaseOf(reign) && reign.token() == token;
            cluster.elected(this, token, prompt);
        } else {
            // One that lapsed may have been resumed with the same token before this could be told.
            Reign present = reign;
            boolean stopped = present == null
                    || present.token() != token
                    || present.endingSince() != null
                    || present.hasLapsed()
                    || !holdsLeaseOf(present)
                    || isUncertain();
            expect(stopped, () -> "is told that leadership " + token + " is over while it goes on");
            works.stream()
                    .filter(work -> work.isRunning() && work.heedsTheEnd())
                    .forEach(work -> process.after(cluster.logarithmic(1, 30), () -> work.end(true)));
        }
    }

    /** The end of a leadership is told even if nobody hands over: soon, unless callbacks of before take their time. */
    void expectToldOfTheEnd() {
        Told last = lastOfLeadership("first");
        Reign past = last == null || last.kind() == Kind.REVOKED ? null : reigns.get(last.token());
        if (past == null || holdsLeaseOf(past)) {
            unheldSince = null;
            return;
        }
        Duration since = unheldSince;
        if (since == null) {
            unheldSince = now();
        } else {
            Duration earlier = now().minus(SOON);
            boolean idle = told.stream().allMatch(call -> call.returnedAt().compareTo(earlier) < 0);
            expect(
                    since.compareTo(earlier) > 0 || !idle || !cluster.isCalm(),
                    () -> "was not told the end of leadership " + past.token());
        }
    }

    /** An application event comes after the callbacks of the same change. */
    void published(Kind kind, Object fact) {
        for (String bean : EARLY) {
            Told last = lastOf(bean);
            expect(
                    last != null && last.isOf(kind, fact),
                    () -> "event " + kind + " " + fact + " comes before bean " + bean + " was told");
        }
        told.add(new Told(EVENTS, kind, fact, now()));
        lateBeans.values().stream()
                .filter(late -> late.ready)
                .forEach(late -> late.expected.add(told.get(told.size() - 1)));
        if (cluster.oneIn(4)) {
            throw new IllegalStateException("on purpose");
        }
    }

    private @Nullable Told lastOf(String bean) {
        return told.stream()
                .filter(call -> call.bean().equals(bean))
                .reduce((former, later) -> later)
                .orElse(null);
    }

    private @Nullable Told lastOfLeadership(String bean) {
        return told.stream()
                .filter(call -> call.bean().equals(bean) && call.kind() != Kind.CHANGED)
                .reduce((former, later) -> later)
                .orElse(null);
    }

    private @Nullable Told lastChange() {
        return told.stream()
                .filter(call -> call.bean().equals(EVENTS) && call.kind() == Kind.CHANGED)
                .reduce((former, later) -> later)
                .orElse(null);
    }

    // late beans

    /** Makes a bean whose callbacks are to be told the present state. */
    void makeLateBean() {
        String name = "late" + (lateBeans.size() + 1);
        if (closing || lateBeans.size() == Contexts.LATE_BEANS) {
            return;
        }
        LateBean late = new LateBean();
        lateBeans.put(name, late);
        beingMade = late;
        Object unused = context.getBean(name);
        beingMade = null;
        if (late.tasks == 0) {
            late.ready = true;
        }
    }

    /** A thread of its own, which comes to run when it likes. */
    void laterOnAnotherThread(Runnable task) {
        LateBean late = beingMade;
        if (late == null) {
            cluster.broken("no late bean is being made");
            return;
        }
        late.tasks++;
        process.after(cluster.logarithmic(1, 100), () -> {
            if (!late.ready) {
                late.ready = true;
                Told present = lastOfLeadership(EVENTS);
                if (present != null && present.kind() == Kind.ELECTED) {
                    late.expected.add(present);
                }
                Told change = lastChange();
                if (change != null) {
                    late.expected.add(change);
                }
            }
            task.run();
        });
    }

    // leader-only work

    /** Work begins here now. */
    Reign admitted(Work work, long token) {
        Reign present = reign;
        expect(
                present != null && present.token() == token && holdsLeaseOf(present),
                () -> "work is admitted with token " + token + " without its lease");
        expect(cluster.leaders().equals(List.of(pid())), () -> "work is admitted while " + cluster.leaders() + " lead");
        expectAdmitting(token);
        works.add(work);
        Told last = lastOfLeadership("first");
        if (last == null || last.kind() == Kind.REVOKED || last.token() != token) {
            owedElected = token;
        }
        return present == null ? new Reign(new Lease(Ballot.NONE, token, process.now(), 0)) : present;
    }

    private void expectAdmitting(long token) {
        Reign present = reign;
        expect(!closing, () -> "admits work while its context is being closed");
        expect(!hasFailed(), () -> "admits work after it has failed");
        expect(
                present == null || present.token() != token || present.endingSince() == null,
                () -> "admits work with token " + token + " while it hands over");
    }

    /** Calls leader-only methods of all kinds at one instant: each does what the node's state says. */
    void probe() {
        Leadership leadership = leadership();
        boolean leads = leadership.isLeader();
        LeaderOnlyCalls calls = context.getBean(LeaderOnlyCalls.class);
        Worker worker = context.getBean(Worker.class);
        long ran = calls.count(Outcome.RUN);
        long skipped = calls.count(Outcome.SKIPPED);
        long rejected = calls.count(Outcome.REJECTED);
        boolean[] skippableRan = new boolean[1];
        worker.skip(() -> skippableRan[0] = true);
        expect(skippableRan[0] == leads, () -> "a method to be skipped ran: " + skippableRan[0] + ", leader: " + leads);
        try {
            long token = worker.reject();
            expect(leads, () -> "a follower ran a leader-only method");
            Reign present = reign;
            expect(
                    present != null && present.token() == token && holdsLeaseOf(present),
                    () -> "a leader-only method ran with token " + token + " without its lease");
            expectAdmitting(token);
        } catch (NotLeaderException refused) {
            expect(!leads, () -> "the leader was refused: " + refused.getMessage());
        }
        expect(
                calls.count(Outcome.RUN) - ran == (leads ? 2 : 0)
                        && calls.count(Outcome.SKIPPED) - skipped == (leads ? 0 : 1)
                        && calls.count(Outcome.REJECTED) - rejected == (leads ? 0 : 1),
                () -> "calls are counted wrongly");
        try {
            long token = leadership.fencingToken();
            expect(false, () -> "there is a token outside of work: " + token);
        } catch (NotLeaderException outside) {
            cluster.counts().probes++;
        }
    }

    /** Work that goes on after its method has returned. */
    void work(Duration time, boolean heedsTheEnd) {
        boolean leads = leadership().isLeader();
        Work work = new Work(this, heedsTheEnd);
        try {
            CompletableFuture<Void> unused = context.getBean(Worker.class).begin(work);
            cluster.counts().works++;
            cluster.began(work);
            boolean well = !cluster.oneIn(4);
            process.after(time, () -> work.end(well));
        } catch (NotLeaderException refused) {
            expect(!leads && !work.hasBegun(), () -> "the leader was refused: " + refused.getMessage());
        }
    }

    /** Work within one method, while the time of the whole cluster goes on; the thread may be interrupted. */
    void block(Duration time, boolean heedsTheEnd) {
        Work work = new Work(this, heedsTheEnd);
        boolean[] over = new boolean[1];
        Runnable waiting = () -> {
            cluster.counts().works++;
            cluster.began(work);
            process.after(time, () -> over[0] = true);
            cluster.runUntil(() -> over[0] || killed || isInterrupted(work));
        };
        inMethod = work;
        try {
            context.getBean(Worker.class).block(work, waiting);
        } catch (NotLeaderException refused) {
            expect(!work.hasBegun(), () -> "work that was let in was refused: " + refused.getMessage());
        } finally {
            work.end(true);
            inMethod = null;
        }
        expect(!Thread.currentThread().isInterrupted(), () -> "the interruption of work outlives it");
    }

    private boolean isInterrupted(Work work) {
        boolean interrupted = Thread.currentThread().isInterrupted();
        if (interrupted) {
            cluster.counts().interruptions++;
            // At the end of a later leadership as well, but not of an earlier one.
            boolean ending = reigns.values().stream()
                    .anyMatch(some -> some.token() >= work.reign().token() && some.endingSince() != null);
            expect(ending, () -> work + " is interrupted without a handover");
        }
        return interrupted && work.heedsTheEnd();
    }

    // at the end

    void checkAtTheEnd() {
        List<Told> all = of(EVENTS);
        checkAlternation(all);
        for (String bean : EARLY) {
            expect(isSame(of(bean), all), () -> "bean " + bean + " was told " + of(bean) + ", but happened has " + all);
        }
        if (!killed) {
            Told last = lastOfLeadership(EVENTS);
            expect(last == null || last.kind() == Kind.REVOKED, () -> "was never told the end of " + last);
            Long owed = owedElected;
            expect(owed == null, () -> "was never told of leadership " + owed + ", though work was admitted");
            expect(hasEnded(), () -> "does not end");
        }
        lateBeans.forEach((bean, late) -> {
            checkAlternation(of(bean));
            expect(
                    sorted(of(bean)).equals(sorted(late.expected)),
                    () -> "late bean " + bean + " was told " + of(bean) + " instead of " + late.expected);
        });
    }

    /** One callback knows nothing of another's order. */
    private static List<List<String>> sorted(List<Told> calls) {
        return List.of(facts(calls, false), facts(calls, true));
    }

    private static List<String> facts(List<Told> calls, boolean changes) {
        return calls.stream()
                .filter(call -> (call.kind() == Kind.CHANGED) == changes)
                .map(call -> call.kind() + " " + call.fact())
                .toList();
    }

    private List<Told> of(String bean) {
        return told.stream().filter(call -> call.bean().equals(bean)).toList();
    }

    private static boolean isSame(List<Told> some, List<Told> others) {
        boolean same = some.size() == others.size();
        for (int i = 0; same && i < some.size(); i++) {
            same = some.get(i).isOf(others.get(i).kind(), others.get(i).fact());
        }
        return same;
    }

    private void checkAlternation(List<Told> calls) {
        Told former = null;
        for (Told call : calls) {
            if (call.kind() != Kind.CHANGED) {
                Told before = former;
                boolean inTurn = call.kind() == Kind.ELECTED
                        ? before == null || (before.kind() == Kind.REVOKED && before.token() <= call.token())
                        : before != null && before.isOf(Kind.ELECTED, call.fact());
                expect(inTurn, () -> call + " follows " + before);
                former = call;
            }
        }
    }
}
