package io.omnipaxos.sample.settlement;

import io.omnipaxos.spring.state.ReplicatedMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.springframework.stereotype.Component;

/**
 * What was settled, the same on every node: one entry for each settlement, and the progress, which follows it.
 *
 * <p>The entry decides. It is written only where none is, and only for the number after the last, so that nothing is
 * settled twice and nothing is left out. A leader that is lost between the two writes leaves an entry that its successor
 * finds.
 */
@Component
class SettlementBook {

    private static final String LAST = "last";

    private final ReplicatedMap<Settlement> entries;
    private final ReplicatedMap<Long> progress;
    private final long history;

    SettlementBook(
            ReplicatedMap<Settlement> settlements, ReplicatedMap<Long> progress, SettlementProperties properties) {
        this.entries = settlements;
        this.progress = progress;
        this.history = properties.history();
    }

    /** The number up to which everything is settled, 0 before the first. */
    long last() {
        return progress.get(LAST).orElse(0L);
    }

    Optional<Settlement> find(long number) {
        return entries.get(key(number));
    }

    /** The settlements from a number to another, both included, without those that are forgotten. */
    List<Settlement> between(long first, long last) {
        // Asked together and then waited for: each of them asks the leader.
        List<CompletableFuture<Optional<Settlement>>> asked = LongStream.rangeClosed(first, last)
                .mapToObj(number -> entries.getAsync(key(number)))
                .toList();
        return asked.stream()
                .map(CompletableFuture::join)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Writes a settlement down; false if that number was settled before. */
    boolean record(Settlement settlement) {
        return entries.putIfAbsent(key(settlement.number()), settlement).applied();
    }

    /** Moves the progress on to a number whose entry is written, and forgets what is too old. */
    void advanceTo(long number) {
        if (number == 1) {
            progress.putIfAbsent(LAST, 1L);
        } else {
            progress.replace(LAST, number - 1, number);
        }
        if (number > history) {
            entries.remove(key(number - history));
        }
    }

    private static String key(long number) {
        return "settlement-%06d".formatted(number);
    }
}
