package io.omnipaxos.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.log.Command;
import io.omnipaxos.node.AppendException.Outcome;
import org.junit.jupiter.api.Test;

class PendingAppendsTest {

    private static final long OWN_PID = 1;
    private static final Ballot OWN = new Ballot(1, 3, 0, OWN_PID);
    private static final long TIMEOUT = 1000;
    private static final long GRACE = 1200;

    private final PendingAppends appends = new PendingAppends(OWN_PID, 7, 10, 1000, TIMEOUT, 100, GRACE, Runnable::run);

    @Test
    void whatTheLeaderRefusedWithoutALeaseIsProposedAgainUnderTheSameBallot() {
        Command command = appends.register(new byte[1], 0, 0).command();
        appends.proposed(command, OWN, 1);

        appends.refused(command.id(), false, false, 2);

        assertThat(appends.due(OWN, 3)).containsExactly(command);
    }

    @Test
    void whatIsInTheLeadersOwnLogNeedsOnlyPatience() {
        Command command = appends.register(new byte[1], 0, 0).command();

        appends.proposed(command, OWN, 1);

        assertThat(appends.due(OWN, 500)).isEmpty();
    }

    @Test
    void whoWaitsForALeaderToTheEndIsToldThatThereWasNone() {
        PendingAppends.Registered registered = appends.register(new byte[1], 0, 0);
        appends.proposed(registered.command(), null, 1);
        appends.refused(registered.command().id(), false, false, 2);

        appends.expire(TIMEOUT);

        assertThatThrownBy(registered.future()::join)
                .cause()
                .isInstanceOfSatisfying(
                        AppendException.class,
                        failure -> assertThat(failure.outcome()).isEqualTo(Outcome.NO_LEADER));
    }
}
