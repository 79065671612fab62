package io.omnipaxos.spring;

import io.omnipaxos.leadership.Tenure;

/**
 * This node leads; published after the {@link OnLeaderElected} methods returned.
 *
 * @param tenure the leadership that began
 */
public record LeaderElectedEvent(Tenure tenure) {}
