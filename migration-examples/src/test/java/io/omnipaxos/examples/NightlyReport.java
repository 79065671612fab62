package io.omnipaxos.examples;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.function.LongConsumer;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.stereotype.Component;

@Component
class NightlyReport {

    private static final CronExpression NIGHTLY = CronExpression.parse("0 0 3 * * *");

    private final Leadership leadership;
    private final ReplicatedMap<String> lastRuns;
    private final Clock clock;
    private final LongConsumer report;

    NightlyReport(Leadership leadership, ReplicatedMaps maps, Clock clock, LongConsumer report) {
        this.leadership = leadership;
        this.lastRuns = maps.get("last-runs");
        this.clock = clock;
        this.report = report;
    }

    /** Asks often whether a run is due, so that it does not matter who led at three o'clock, or whether anybody did. */
    @LeaderOnly
    @Scheduled(fixedDelay = 60_000)
    void runIfDue() {
        ZonedDateTime now = ZonedDateTime.now(clock);
        ZonedDateTime last = lastRuns.get("report").map(ZonedDateTime::parse).orElse(null);
        if (last == null) {
            lastRuns.putIfAbsent("report", now.toString()); // the first release: nothing was missed
            return;
        }
        ZonedDateTime due = latestDue(last, now);
        if (due.isAfter(last)) {
            report.accept(leadership.fencingToken());
            lastRuns.put("report", due.toString());
        }
    }

    /** The latest time up to now at which the job should have run, or the last run if there was none since. */
    private static ZonedDateTime latestDue(ZonedDateTime last, ZonedDateTime now) {
        ZonedDateTime due = last;
        ZonedDateTime next = NIGHTLY.next(due);
        while (next != null && !next.isAfter(now)) {
            due = next;
            next = NIGHTLY.next(due);
        }
        return due;
    }
}
