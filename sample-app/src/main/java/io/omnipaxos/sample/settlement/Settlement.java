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
public record Settlement(long number, long pid, long token, Instant at) {}
