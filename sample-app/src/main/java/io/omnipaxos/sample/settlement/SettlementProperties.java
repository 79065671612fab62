package io.omnipaxos.sample.settlement;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the leader settles.
 *
 * @param interval Pause between two settlements.
 * @param duration Time that the work of one settlement takes.
 * @param history Number of settlements that are remembered.
 */
@ConfigurationProperties("sample.settlement")
public record SettlementProperties(
        @DefaultValue("1s") Duration interval,
        @DefaultValue("50ms") Duration duration,
        @DefaultValue("50000") long history) {

    public SettlementProperties {
        if (interval.isNegative() || duration.isNegative()) {
            throw new IllegalArgumentException("interval and duration of a settlement are not negative");
        }
        if (history < 1) {
            throw new IllegalArgumentException("at least one settlement is remembered, not " + history);
        }
    }
}
