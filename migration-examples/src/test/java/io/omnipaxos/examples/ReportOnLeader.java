package io.omnipaxos.examples;

import io.omnipaxos.spring.LeaderOnly;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class ReportOnLeader {

    private final Reports reports;

    ReportOnLeader(Reports reports) {
        this.reports = reports;
    }

    @LeaderOnly
    @Scheduled(cron = "0 0 3 * * *")
    void write() {
        reports.write();
    }
}
