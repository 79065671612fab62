package io.omnipaxos.sample.settlement;

import io.omnipaxos.spring.state.ReplicatedMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.springframework.stereotype.Component;

/**
 * What was settled, the same on every node: one entry for each settlement, and {@code last}, which follows it.
 *
 * <p>The entry decides. It is written only where none is, and only for the number after {@code last}, so that nothing is
 * settled twice and nothing is left out. A leader that is lost between the two writes leaves an entry that its successor
 * finds.
 */
@Component
class SettlementBook {

    private static final String LAST = "last";

    private final ReplicatedMap<String> entries;
    private final long history;

    SettlementBook(ReplicatedMap<String> settlements, SettlementProperties properties) {
        this.entries = settlements;
        this.history = properties.history();
    }

    /** The number up to which everything is settled, 0 before the first. */
    long last() {
        return entries.get(LAST).map(Long::parseLong).orElse(0L);
    }

    Optional<Settlement> find(long number) {
        return entries.get(key(number)).map(text -> Settlement.parse(number, text));
    }

    /** The settlements from a number to another, both included, without those that are forgotten. */
    List<Settlement> between(long first, long last) {
        // Asked together and then waited for: each of them asks the leader.
        List<CompletableFuture<Optional<Settlement>>> asked = LongStream.rangeClosed(first, last)
                .mapToObj(number -> entries.getAsync(key(number))
                        .thenApply(found -> found.map(text -> Settlement.parse(number, text))))
                .toList();
        return asked.stream()
                .map(CompletableFuture::join)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Writes a settlement down; false if that number was settled before. */
    boolean record(Settlement settlement) {
        return entries.putIfAbsent(key(settlement.number()), settlement.text()).applied();
    }

    /** Moves {@code last} on to a number whose entry is written, and forgets what is too old. */
    void advanceTo(long number) {
        if (number == 1) {
            entries.putIfAbsent(LAST, "1");
        } else {
            entries.replace(LAST, String.valueOf(number - 1), String.valueOf(number));
        }
        if (number > history) {
            entries.remove(key(number - history));
        }
    }

    private static String key(long number) {
        return "settlement-%06d".formatted(number);
    }
}
