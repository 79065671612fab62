package io.omnipaxos.statemachine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import org.junit.jupiter.api.Test;

class AppliedSessionsTest {

    private final AppliedSessions sessions = new AppliedSessions();

    @Test
    void aCommandIsAppliedOnceHoweverOftenItIsInTheLog() {
        assertThat(sessions.isFirst(command(1, 1, 1, 1))).isTrue();
        assertThat(sessions.isFirst(command(1, 1, 1, 1))).isFalse();
        assertThat(sessions.isFirst(command(1, 1, 1, 1))).isFalse();
    }

    @Test
    void aNodesCommandsMayComeInAnyOrderWithinItsWindow() {
        assertThat(sessions.isFirst(command(1, 1, 3, 1))).isTrue();
        assertThat(sessions.isFirst(command(1, 1, 1, 1))).isTrue();
        assertThat(sessions.isFirst(command(1, 1, 2, 1))).isTrue();
        assertThat(sessions.isFirst(command(1, 1, 3, 1))).isFalse();
    }

    @Test
    void whatTheNodeSaysIsSettledIsNotAppliedAnyMore() {
        assertThat(sessions.isFirst(command(1, 1, 5, 4))).isTrue();

        assertThat(sessions.isFirst(command(1, 1, 3, 1))).isFalse();
        assertThat(sessions.isFirst(command(1, 1, 4, 1))).isTrue();
    }

    @Test
    void theWindowNeverGoesBack() {
        sessions.isFirst(command(1, 1, 9, 8));
        sessions.isFirst(command(1, 1, 10, 2));

        assertThat(sessions.isFirst(command(1, 1, 7, 1))).isFalse();
    }

    @Test
    void aCopyOfWhatWasAppliedIsKnownEvenAfterTheWindowPassedIt() {
        sessions.isFirst(command(1, 1, 1, 1));
        sessions.isFirst(command(1, 1, 6, 6));

        assertThat(sessions.isFirst(command(1, 1, 1, 1))).isFalse();
    }

    @Test
    void aNewerBootBeginsAnew() {
        sessions.isFirst(command(1, 1, 9, 9));

        assertThat(sessions.isFirst(command(1, 2, 1, 1))).isTrue();
    }

    @Test
    void aLateCopyOfAnEarlierBootIsNotAppliedOnceTheNewerWasHeard() {
        sessions.isFirst(command(1, 2, 1, 1));

        assertThat(sessions.isFirst(command(1, 1, 1, 1))).isFalse();
        assertThat(sessions.isFirst(command(1, 1, 50, 50))).isFalse();
        assertThat(sessions.isFirst(command(1, 2, 2, 1))).isTrue();
    }

    @Test
    void nodesDoNotConfuseOneAnother() {
        assertThat(sessions.isFirst(command(1, 1, 1, 1))).isTrue();
        assertThat(sessions.isFirst(command(2, 1, 1, 1))).isTrue();
        assertThat(sessions.isFirst(command(Long.MAX_VALUE, 7, 1, 1))).isTrue();
        assertThat(sessions.isFirst(command(2, 1, 1, 1))).isFalse();
    }

    @Test
    void twoNodesThatApplyTheSameLogSayTheSame() {
        AppliedSessions other = new AppliedSessions();
        Command[] log = {
            command(1, 1, 2, 1), command(2, 4, 1, 1), command(1, 1, 1, 1), command(1, 1, 2, 1),
            command(1, 2, 1, 1), command(1, 1, 3, 3), command(2, 3, 9, 1), command(2, 4, 2, 2),
        };

        for (Command command : log) {
            assertThat(sessions.isFirst(command)).isEqualTo(other.isFirst(command));
        }
    }

    @Test
    void aCommandCannotWaitForOneAfterItself() {
        assertThatThrownBy(() -> command(1, 1, 3, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sequence 3")
                .hasMessageContaining("oldest pending 4");
    }

    private static Command command(long pid, long boot, long sequence, long oldestPending) {
        return new Command(new ProposalId(pid, boot, sequence), oldestPending, 0, new byte[0]);
    }
}
