package io.omnipaxos.sample.soak;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the test asks of a node. */
@RestController
class TallyController {

    private final TallyMachine machine;
    private final TallyLoad load;

    TallyController(TallyMachine machine, TallyLoad load) {
        this.machine = machine;
        this.load = load;
    }

    @GetMapping("/soak/tally")
    TallyMachine.Tally tally() {
        return machine.tally();
    }

    @GetMapping("/soak/writers/{writer}")
    byte[] appliedOf(@PathVariable long writer) {
        return machine.appliedOf(writer);
    }

    @PostMapping("/soak/stop")
    void stop() {
        load.stop();
    }
}
