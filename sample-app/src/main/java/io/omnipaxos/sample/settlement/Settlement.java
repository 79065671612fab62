package io.omnipaxos.sample.settlement;

import java.time.Instant;

/**
 * One settlement, done once.
 *
 * @param number counts from 1, without gaps
 * @param pid the node that settled
 * @param token the fencing token it held; never falls as the number rises
 * @param at when, on that node's wall clock; for people only
 */
record Settlement(long number, long pid, long token, Instant at) {

    /** What is written under the number. */
    String text() {
        return pid + " " + token + " " + at;
    }

    static Settlement parse(long number, String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("settlement " + number + " is written as '" + text + "'");
        }
        return new Settlement(number, Long.parseLong(parts[0]), Long.parseLong(parts[1]), Instant.parse(parts[2]));
    }
}
