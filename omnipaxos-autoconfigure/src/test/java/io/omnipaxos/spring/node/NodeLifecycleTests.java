package io.omnipaxos.spring.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.Committed;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.spring.FakeLeadership;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;

class NodeLifecycleTests {

    private final List<OmniPaxosNode> made = new ArrayList<>();
    private final RestartableNode node = new RestartableNode(this::make);

    private OmniPaxosNode make() {
        OmniPaxosNode next = mock(OmniPaxosNode.class);
        given(next.handOver()).willReturn(CompletableFuture.completedFuture(true));
        made.add(next);
        return next;
    }

    @Test
    void makesNoNodeBeforeTheStart() {
        assertThat(node.status()).isEmpty();
        assertThat(node.leadership().isLeader()).isFalse();
        assertThat(node.append(new byte[0])).isCompletedExceptionally();
        assertThat(node.readBarrier()).isCompletedExceptionally();
        assertThat(made).isEmpty();
    }

    @Test
    void startsBeforeTheWebServerAndStandsAfterIt() {
        int webServer = Integer.MAX_VALUE - 2048;

        assertThat(new NodeStart(node).getPhase()).isLessThan(webServer);
        assertThat(new NodeCandidacy(node, true).getPhase()).isGreaterThan(webServer);
    }

    @Test
    void followsTheLifeOfItsContext() {
        try (GenericApplicationContext context = context()) {
            context.refresh();
        }

        InOrder order = inOrder(made.get(0));
        order.verify(made.get(0)).start();
        order.verify(made.get(0)).stand();
        order.verify(made.get(0)).stopAdmitting();
        order.verify(made.get(0)).handOver();
        order.verify(made.get(0), atLeastOnce()).close();
    }

    @Test
    void makesANewNodeWhenTheContextIsStartedAgain() {
        try (GenericApplicationContext context = context()) {
            context.refresh();
            context.stop();
            context.start();
            then(made.get(0)).should().close();
            then(made.get(1)).should().start();
            then(made.get(1)).should().stand();
        }
        assertThat(made).hasSize(2);
    }

    @Test
    void keepsItsLeadershipObjectOverStarts() {
        FakeLeadership leadership = new FakeLeadership().lead(42);
        node.start();
        given(made.get(0).leadership()).willReturn(leadership);

        assertThat(node.leadership().isLeader()).isTrue();
        assertThat(node.leadership().leaseRemaining()).isPresent();
        assertThat(node.leadership().<Long>call(token -> token)).isEqualTo(42);
        assertThat(node.leadership().leader()).contains(FakeLeadership.leader(1));
    }

    @Test
    void workThatOutlivesItsNodeStaysWithItOnceAnotherIsStarted() {
        Leadership leadership = node.leadership();
        FakeLeadership former = start(new FakeLeadership().lead(42));
        FakeLeadership present = new FakeLeadership().lead(43);

        leadership.run(token -> {
            node.close();
            former.withoutLeader();
            start(present);

            assertThat(leadership.fencingToken()).isEqualTo(42);
            Assertions.assertThatExceptionOfType(NotLeaderException.class).isThrownBy(leadership::admit);
            CompletableFuture<Committed> unused = node.append(new byte[0]);
            then(made.get(0)).should().append(any());
            then(made.get(1)).should(never()).append(any());
        });

        assertThat(former.openAdmissions()).isZero();
        assertThat(present.admittedOn()).isEmpty();
    }

    @Test
    void aThreadWhoseWorkIsOverAsksThePresentNode() {
        Leadership leadership = node.leadership();
        start(new FakeLeadership().lead(42));
        leadership.run(token -> leadership.run(nested -> {}));

        node.close();
        start(new FakeLeadership().lead(43));

        assertThat(leadership.<Long>call(token -> leadership.fencingToken())).isEqualTo(43);
        CompletableFuture<Committed> unused = node.append(new byte[0]);
        then(made.get(1)).should().append(any());
    }

    private FakeLeadership start(FakeLeadership leadership) {
        node.start();
        given(made.get(made.size() - 1).leadership()).willReturn(leadership);
        return leadership;
    }

    @Test
    void handsAppendsToThePresentNode() {
        node.start();
        CompletableFuture<Committed> answer = new CompletableFuture<>();
        given(made.get(0).append(any())).willReturn(answer);

        assertThat(node.append(new byte[0])).isSameAs(answer);
    }

    @Test
    void closesANodeThatDoesNotStart() {
        OmniPaxosNode broken = mock(OmniPaxosNode.class);
        willThrow(new IllegalStateException("no storage")).given(broken).start();

        assertThatIllegalStateException().isThrownBy(new RestartableNode(() -> broken)::start);

        then(broken).should().close();
    }

    @Test
    void closesANodeForWhichAClassIsMissing() {
        OmniPaxosNode broken = mock(OmniPaxosNode.class);
        willThrow(new NoClassDefFoundError("a/web/Server")).given(broken).start();

        Assertions.assertThatExceptionOfType(NoClassDefFoundError.class)
                .isThrownBy(new RestartableNode(() -> broken)::start);

        then(broken).should().close();
    }

    @Test
    void waitsForTheHandOverWithoutBlocking() {
        node.start();
        CompletableFuture<Boolean> handOver = new CompletableFuture<>();
        given(made.get(0).handOver()).willReturn(handOver);
        AtomicBoolean stopped = new AtomicBoolean();

        new NodeCandidacy(node, true).stop(() -> stopped.set(true));

        assertThat(stopped).isFalse();
        handOver.complete(true);
        assertThat(stopped).isTrue();
    }

    @Test
    void goesOnAdmittingWhenAChildContextCloses() {
        node.start();

        new AdmissionEnd(node, new GenericApplicationContext())
                .onApplicationEvent(new ContextClosedEvent(new GenericApplicationContext()));

        then(made.get(0)).should(never()).stopAdmitting();
    }

    @Test
    void neverLeadsWhereItTakesNoPart() {
        NeverLeader never = new NeverLeader("switched off");

        assertThat(never.isLeader()).isFalse();
        assertThat(never.leader()).isEmpty();
        assertThat(never.leaseRemaining()).isEmpty();
        assertThat(never.resign()).isCompletedWithValue(false);
        assertThat(never.transferTo(2)).isCompletedWithValue(false);
        Assertions.assertThatExceptionOfType(NotLeaderException.class)
                .isThrownBy(never::admit)
                .withMessage("switched off");
        Assertions.assertThatExceptionOfType(NotLeaderException.class).isThrownBy(never::fencingToken);
        Assertions.assertThatExceptionOfType(NotLeaderException.class).isThrownBy(() -> never.call(token -> token));
    }

    @Test
    void hasNoLogWhereItTakesNoPart() {
        assertThat(new NoLog("switched off").append(new byte[0]))
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        AppendException.class,
                        failure -> assertThat(failure.outcome()).isEqualTo(AppendException.Outcome.NO_LEADER));
    }

    private GenericApplicationContext context() {
        GenericApplicationContext context = new GenericApplicationContext();
        context.registerBean(RestartableNode.class, () -> node);
        context.registerBean(NodeCandidacy.class, () -> new NodeCandidacy(node, true));
        context.registerBean(NodeStart.class, () -> new NodeStart(node));
        context.registerBean(AdmissionEnd.class, () -> new AdmissionEnd(node, context));
        return context;
    }
}
