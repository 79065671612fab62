package io.omnipaxos.examples;

import net.javacrumbs.shedlock.core.LockAssert;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class ReportWithShedLock {

    private final Reports reports;

    ReportWithShedLock(Reports reports) {
        this.reports = reports;
    }

    @Scheduled(cron = "0 0 3 * * *")
    @SchedulerLock(name = "report", lockAtMostFor = "30m", lockAtLeastFor = "1m")
    public void write() {
        LockAssert.assertLocked();
        reports.write();
    }
}
