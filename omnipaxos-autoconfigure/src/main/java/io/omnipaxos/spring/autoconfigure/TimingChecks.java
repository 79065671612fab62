package io.omnipaxos.spring.autoconfigure;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.validation.Errors;

/** Ticks, timeouts and the lease must fit each other, or leadership would flicker, or two could hold it. */
final class TimingChecks {

    private final DerivedSettings settings;
    private final OmniPaxosProperties properties;
    private final Errors errors;

    TimingChecks(DerivedSettings settings, Errors errors) {
        this.settings = settings;
        this.properties = settings.properties();
        this.errors = errors;
    }

    void run() {
        boolean hasTicks = checkTicks();
        boolean hasDrift = checkDrift();
        Duration lease = properties.lease().duration();
        if (lease != null && (lease.isNegative() || lease.isZero())) {
            reject("lease.duration", "must be positive; leave it out for the election timeout");
        } else if (hasTicks) {
            checkLease(hasDrift);
        }
    }

    private boolean checkTicks() {
        boolean isPositive = properties.tickInterval().toMillis() >= 1;
        if (!isPositive) {
            reject("tickInterval", "must be at least 1ms; write for example 50ms");
        }
        if (properties.electionTickTimeout() < 1) {
            reject("electionTickTimeout", "must be positive; write for example 10");
        }
        if (properties.resendMessageTickTimeout() < 1) {
            reject("resendMessageTickTimeout", "must be positive; write for example 5");
        }
        return isPositive && properties.electionTickTimeout() >= 1;
    }

    private boolean checkDrift() {
        try {
            double drift = settings.maxClockDrift();
            if (drift >= 0 && drift < 1) {
                return true;
            }
        } catch (NumberFormatException notANumber) {
            // Reported below, as a number out of range is.
        }
        reject("lease.maxClockDrift", "must be a fraction from 0 to below 1 or a percentage; write 0.01 or 1%");
        return false;
    }

    private void checkLease(boolean hasDrift) {
        Duration lease = settings.leaseDuration();
        if (lease.compareTo(settings.electionTimeout()) > 0) {
            reject(
                    "lease.duration",
                    "is longer than the election timeout of " + print(settings.electionTimeout())
                            + ", so that a new leader would wait for it; write at most that, or leave it out");
        }
        if (hasDrift && needed() >= usable(lease)) {
            reject(
                    properties.lease().duration() == null ? "electionTickTimeout" : "lease.duration",
                    "gives a lease of " + print(lease) + ", which clock drift shortens to "
                            + print(Duration.ofNanos((long) usable(lease)))
                            + ", but three heartbeats and a tick take " + print(Duration.ofNanos((long) needed()))
                            + "; " + leastLease());
        }
    }

    /** Two heartbeats may be lost, and the loop looks once in a tick. */
    private double needed() {
        return 3.0 * settings.heartbeatInterval().toNanos()
                + properties.tickInterval().toNanos();
    }

    /** What of a lease is left if this clock is as slow and the follower's as fast as they may be. */
    private double usable(Duration lease) {
        return lease.toNanos() * usableFraction();
    }

    private double usableFraction() {
        double drift = settings.maxClockDrift();
        return (1 - drift) / (1 + drift);
    }

    /** Up to five ticks heartbeats come with each tick; in a longer lease they take three fifths. */
    private String leastLease() {
        double ticks = 4 / usableFraction();
        if (ticks >= 5) {
            ticks = 1 / (usableFraction() - 0.6);
        }
        if (ticks < 0 || ticks > 1000) {
            return "with that much drift no lease can be kept: lower omnipaxos.lease.max-clock-drift, for example to 1%";
        }
        int whole = (int) Math.floor(ticks) + 1;
        return "write at least " + whole + " ticks in omnipaxos.election-tick-timeout and "
                + print(properties.tickInterval().multipliedBy(whole)) + " in omnipaxos.lease.duration, if it is set";
    }

    private static String print(Duration duration) {
        return DurationStyle.SIMPLE.print(duration, java.time.temporal.ChronoUnit.MILLIS);
    }

    private void reject(String field, String reason) {
        errors.rejectValue(field, "invalid", reason);
    }
}
