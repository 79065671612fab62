package io.omnipaxos.examples;

import io.omnipaxos.spring.LeaderOnly;
import net.javacrumbs.shedlock.core.LockAssert;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class ReportWithShedLockOnLeader {

    private final Reports reports;

    ReportWithShedLockOnLeader(Reports reports) {
        this.reports = reports;
    }

    /** A node that does not lead does not even ask for the lock. */
    @LeaderOnly
    @Scheduled(cron = "0 0 3 * * *")
    @SchedulerLock(name = "report", lockAtMostFor = "30m", lockAtLeastFor = "1m")
    public void write() {
        LockAssert.assertLocked();
        reports.write();
    }
}
