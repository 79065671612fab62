package io.omnipaxos.spring;

import io.omnipaxos.leadership.Tenure;

/**
 * This node leads no more; published after the {@link OnLeaderRevoked} methods returned.
 *
 * @param tenure the leadership that ended
 * @param reason why, in words
 */
public record LeaderRevokedEvent(Tenure tenure, String reason) {}
