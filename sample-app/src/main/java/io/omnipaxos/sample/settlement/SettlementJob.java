package io.omnipaxos.sample.settlement;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.StaleTokenException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Settles one number after the other, on the leader, and goes on after a fail-over where the last leader ended. */
@Component
class SettlementJob {

    private static final Logger LOG = LoggerFactory.getLogger(SettlementJob.class);

    private final Leadership leadership;
    private final SettlementBook book;
    private final Payments payments;
    private final SettlementProperties properties;
    private final long pid;

    SettlementJob(
            Leadership leadership,
            SettlementBook book,
            Payments payments,
            SettlementProperties properties,
            NodeSettings node) {
        this.leadership = leadership;
        this.book = book;
        this.payments = payments;
        this.properties = properties;
        this.pid = node.pid();
    }

    /** A shutdown waits for a run that has begun. */
    @LeaderOnly
    @Scheduled(fixedDelayString = "${sample.settlement.interval:1s}")
    void settle() {
        try {
            settleNext(leadership.fencingToken());
        } catch (AppendException open) {
            // Whether it was written or not, the next run finds out.
            LOG.warn("this settlement is left to the next run: {}", open.getMessage());
        } catch (DataAccessException | StaleTokenException unpaid) {
            LOG.warn("this settlement is not paid and left to the next run: {}", unpaid.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            LOG.warn("this settlement was interrupted and is left to the next run");
        }
    }

    private void settleNext(long token) throws InterruptedException {
        long number = book.last() + 1;
        if (book.find(number).isEmpty()) {
            LOG.debug("settlement {} begins with token {}", number, token);
            work();
            payments.pay(number, pid);
            // The write carries this work's token: it is refused once a newer leader is there.
            boolean isOurs = book.record(new Settlement(number, pid, token, Instant.now()));
            LOG.info(isOurs ? "settled {} with token {}" : "{} was settled before, found with token {}", number, token);
        }
        book.advanceTo(number);
    }

    /** Stands for the work that a real application would do. */
    private void work() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(properties.duration().toNanos());
    }
}
