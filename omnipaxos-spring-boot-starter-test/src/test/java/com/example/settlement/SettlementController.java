package com.example.settlement;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.LeaderOnly;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class SettlementController {

    private final Leadership leadership;

    SettlementController(Leadership leadership) {
        this.leadership = leadership;
    }

    @LeaderOnly
    @GetMapping("/token")
    long token() {
        return leadership.fencingToken();
    }
}
