package io.omnipaxos.sample.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.sample.FakeMap;
import io.omnipaxos.spring.redis.FencedRedisOperations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

class SettlementJobTests {

    private final FakeMap<Settlement> entries = new FakeMap<>();
    private final SettlementProperties properties = new SettlementProperties(Duration.ZERO, Duration.ofMillis(1), 1000);
    private final SettlementBook book = new SettlementBook(entries, new FakeMap<>(), properties);
    private final Leadership leadership = mock(Leadership.class);
    private final SettlementJob job = new SettlementJob(
            leadership,
            book,
            new Payments(new StaticListableBeanFactory().getBeanProvider(FencedRedisOperations.class)),
            properties,
            NodeSettings.defaults("test", 4, new ClusterConfiguration(1, List.of(4L), Quorums.majority(1))));

    @BeforeEach
    void leads() {
        given(leadership.fencingToken()).willReturn(17L);
    }

    @Test
    void settlesOneNumberAfterTheOther() {
        job.settle();
        job.settle();

        assertThat(book.last()).isEqualTo(2);
        assertThat(book.between(1, 2)).allSatisfy(settlement -> {
            assertThat(settlement.pid()).isEqualTo(4);
            assertThat(settlement.token()).isEqualTo(17);
        });
    }

    @Test
    void goesOnAfterALeaderThatWasLostBetweenItsTwoWrites() {
        book.record(new Settlement(1, 9, 5, Instant.EPOCH));

        job.settle();
        job.settle();

        assertThat(book.last()).isEqualTo(2);
        assertThat(book.between(1, 2)).extracting(Settlement::pid).containsExactly(9L, 4L);
    }

    @Test
    void leavesToTheNextRunWhatTheClusterCouldNotDo() {
        entries.failWith(new AppendException(AppendException.Outcome.UNKNOWN, "too late"));
        job.settle();
        entries.failWith(null);

        job.settle();

        assertThat(book.last()).isEqualTo(1);
    }

    @Test
    void anInterruptedSettlementIsNotRecorded() {
        Thread.currentThread().interrupt();

        job.settle();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(entries.content).isEmpty();
    }
}
