package io.omnipaxos.spring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.StaleTokenException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Two leaderships that write to one database. */
@Timeout(60)
class FencingTokenTests {

    private final JdbcConnectionPool pool =
            JdbcConnectionPool.create("jdbc:h2:mem:fencing;LOCK_TIMEOUT=30000;DB_CLOSE_DELAY=-1", "sa", "");
    private final JdbcClient jdbc = JdbcClient.create((DataSource) pool);
    private final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(pool));

    private final FakeLeadership older = new FakeLeadership().lead(5);
    private final FakeLeadership newer = new FakeLeadership().lead(9);

    @BeforeEach
    void tables() {
        jdbc.sql("create table fencing_token (resource varchar(200) primary key, token bigint not null)")
                .update();
        jdbc.sql("insert into fencing_token values ('settlement', 0)").update();
        jdbc.sql("create table settlement (number int primary key, by_token bigint not null)")
                .update();
    }

    @AfterEach
    void dropAll() {
        jdbc.sql("drop all objects").update();
        pool.dispose();
    }

    @Test
    void whatANewerLeadershipHasClaimedAnOlderOneCannotWriteTo() {
        settle(older, 1);
        settle(newer, 2);

        assertThatExceptionOfType(StaleTokenException.class)
                .isThrownBy(() -> settle(older, 3))
                .withMessage(
                        "'settlement' refused a write with fencing token 5, as it has seen token 9: the leadership of"
                                + " this write is over, and nothing was written")
                .satisfies(refused -> {
                    assertThat(refused.resource()).isEqualTo("settlement");
                    assertThat(refused.token()).isEqualTo(5);
                    assertThat(refused.newestToken()).isEqualTo(9);
                });

        settle(newer, 4);
        assertThat(settled()).containsExactly(1, 2, 4);
    }

    @Test
    void aNewerLeadershipWaitsForTheTransactionOfAnOlderOne() throws Exception {
        CountDownLatch claimed = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread slow = new Thread(() -> work(
                older,
                () -> transaction.executeWithoutResult(status -> {
                    guard(older).claim("settlement");
                    claimed.countDown();
                    await(goOn);
                    insert(1, 5);
                })));
        slow.start();
        claimed.await();

        CompletableFuture<Integer> seenByNewer = new CompletableFuture<>();
        Thread next = new Thread(() -> work(
                newer,
                () -> transaction.executeWithoutResult(status -> {
                    guard(newer).claim("settlement");
                    seenByNewer.complete(settled().size());
                })));
        next.start();
        goOn.countDown();

        assertThat(seenByNewer).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(1);
        slow.join();
        next.join();
    }

    @Test
    void aTransactionThatIsRolledBackHasClaimedNothing() {
        assertThatIllegalStateException()
                .isThrownBy(() -> work(
                        newer,
                        () -> transaction.executeWithoutResult(status -> {
                            guard(newer).claim("settlement");
                            throw new IllegalStateException("on purpose");
                        })))
                .withMessage("on purpose");

        settle(older, 1);
        assertThat(settled()).containsExactly(1);
    }

    @Test
    void asAParameterItGuardsOneRow() {
        settle(newer, 1);

        work(
                older,
                () -> assertThat(jdbc.sql(
                                        "update settlement set by_token = :token where number = 1 and by_token <= :token")
                                .param("token", guard(older).value())
                                .update())
                        .isZero());
    }

    @Test
    void outsideLeaderOnlyWorkThereIsNoToken() {
        assertThatExceptionOfType(NotLeaderException.class)
                .isThrownBy(() -> transaction.executeWithoutResult(
                        status -> guard(new FakeLeadership().follow(2)).claim("settlement")));
    }

    @Test
    void withoutATransactionNothingWouldBeGuarded() {
        work(
                newer,
                () -> assertThatIllegalStateException()
                        .isThrownBy(() -> guard(newer).claim("settlement"))
                        .withMessageContaining("make the leader-only method @Transactional"));
    }

    @Test
    void aTransactionOfAnotherDatabaseWouldGuardNothing() {
        JdbcConnectionPool another = JdbcConnectionPool.create("jdbc:h2:mem:another", "sa", "");
        TransactionTemplate other = new TransactionTemplate(new JdbcTransactionManager(another));

        work(
                newer,
                () -> assertThatIllegalStateException()
                        .isThrownBy(() -> other.executeWithoutResult(
                                status -> guard(newer).claim("settlement")))
                        .withMessageContaining("the transaction that is running here is not one of the database"));

        another.dispose();
        assertThat(jdbc.sql("select token from fencing_token").query(Long.class).single())
                .isZero();
    }

    @Test
    void aResourceWithoutARowIsNamed() {
        work(
                newer,
                () -> assertThatIllegalStateException()
                        .isThrownBy(() -> transaction.executeWithoutResult(
                                status -> guard(newer).claim("invoices")))
                        .withMessage(
                                "table fencing_token has no row for the resource 'invoices': add one where you make the table,"
                                        + " with token 0"));
    }

    private void settle(FakeLeadership leadership, int number) {
        work(
                leadership,
                () -> transaction.executeWithoutResult(status -> {
                    guard(leadership).claim("settlement");
                    insert(number, guard(leadership).value());
                }));
    }

    private void insert(int number, long token) {
        jdbc.sql("insert into settlement values (?, ?)").params(number, token).update();
    }

    private List<Integer> settled() {
        return jdbc.sql("select number from settlement order by number")
                .query(Integer.class)
                .list();
    }

    private FencingToken guard(FakeLeadership leadership) {
        return new FencingToken(leadership, new JdbcTemplate(pool), FencingToken.DEFAULT_TABLE);
    }

    private static void work(FakeLeadership leadership, Runnable work) {
        try (var admission = leadership.admit();
                var scope = admission.bind()) {
            assertThat(scope).isNotNull();
            work.run();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
