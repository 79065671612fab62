package io.omnipaxos.simulation;

import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.leadership.Tenure;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Tells of leadership in words, before another listener is told. */
final class TellingListener implements LeadershipListener {

    private final LeadershipListener listener;
    private final Consumer<Supplier<String>> told;

    TellingListener(LeadershipListener listener, Consumer<Supplier<String>> told) {
        this.listener = listener;
        this.told = told;
    }

    @Override
    public void elected(Tenure tenure) {
        told.accept(() -> "leads in " + MessageText.of(tenure.ballot()) + ", token " + tenure.fencingToken());
        listener.elected(tenure);
    }

    @Override
    public void revoked(Tenure tenure, String reason) {
        told.accept(() -> "leads no more in " + MessageText.of(tenure.ballot()) + ": " + reason);
        listener.revoked(tenure, reason);
    }

    @Override
    public void changed(LeaderChange change) {
        Leader leader = change.leader();
        told.accept(() -> leader == null
                ? "sees no leader: " + change.reason()
                : "sees leader " + leader.pid() + " in " + MessageText.of(leader.ballot()));
        listener.changed(change);
    }
}
