package io.omnipaxos.sample.settlement;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Answers on any node what was settled anywhere before the question. */
@RestController
class SettlementController {

    private static final int MOST = 1000;

    private final SettlementBook book;

    SettlementController(SettlementBook book) {
        this.book = book;
    }

    /**
     * What is answered.
     *
     * @param last number up to which everything is settled
     * @param settlements the oldest first
     */
    record Settlements(long last, List<Settlement> settlements) {}

    /**
     * The last settlements, or those from a number on.
     *
     * @param from the first to answer; without it the last are answered
     * @param limit how many at most
     */
    @GetMapping("/settlements")
    Settlements settlements(
            @RequestParam(required = false) @Nullable Long from, @RequestParam(defaultValue = "20") int limit) {
        if (limit < 1 || limit > MOST) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "limit is from 1 to " + MOST + ", not " + limit);
        }
        if (from != null && from < 1) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "settlements count from 1, not " + from);
        }
        long last = book.last();
        long first = from != null ? from : Math.max(1, last - limit + 1);
        return new Settlements(last, book.between(first, Math.min(last, first + limit - 1)));
    }
}
