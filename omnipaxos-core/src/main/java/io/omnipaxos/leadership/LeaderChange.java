package io.omnipaxos.leadership;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of leader as one node saw it.
 *
 * @param at when, on this machine's wall clock; for people only
 * @param leader the new leader, or null if there is none now
 * @param reason why, in words
 */
public record LeaderChange(Instant at, @Nullable Leader leader, String reason) {}
