package io.omnipaxos.spring;

import io.omnipaxos.leadership.LeaderChange;

/**
 * This node sees another leader, or none; published after the {@link OnLeaderChanged} methods returned.
 *
 * @param change what changed
 */
public record LeaderChangedEvent(LeaderChange change) {}
