package io.omnipaxos.statemachine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.UUID;
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
    void aNodeThatLostItsStorageBeginsAnewBesideWhatItProposedBefore() {
        long before = ProposalId.boot(new UUID(-1, 0), 7);
        long after = ProposalId.boot(new UUID(1, 0), 1);
        assertThat(sessions.isFirst(command(1, before, 1, 1))).isTrue();

        assertThat(sessions.isFirst(command(1, after, 1, 1))).isTrue();
        assertThat(sessions.isFirst(command(1, before, 1, 1))).isFalse();
        assertThat(sessions.isFirst(command(1, after, 1, 1))).isFalse();
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
    void whatWasWrittenAndReadSaysTheSameAsBefore() throws IOException {
        Command[] before = {
            command(1, 1, 2, 1), command(2, 4, 1, 1), command(1, 1, 3, 2), command(7, 2, 9, 9), command(1, 1, 5, 2),
        };
        Command[] after = {
            command(1, 1, 2, 1), command(1, 1, 1, 1), command(1, 1, 4, 2), command(1, 1, 5, 2), command(2, 3, 8, 1),
            command(2, 4, 2, 1), command(7, 2, 8, 1), command(7, 3, 1, 1), command(9, 1, 1, 1), command(1, 1, 3, 3),
        };
        for (Command command : before) {
            sessions.isFirst(command);
        }

        AppliedSessions read = AppliedSessions.readFrom(input(written(sessions)));

        assertThat(written(read)).isEqualTo(written(sessions));
        for (Command command : after) {
            assertThat(read.isFirst(command)).as("%s", command).isEqualTo(sessions.isFirst(command));
        }
        assertThat(written(read)).isEqualTo(written(sessions));
    }

    @Test
    void whatFollowsTheSessionsIsNotRead() throws IOException {
        sessions.isFirst(command(1, 1, 2, 1));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        sessions.writeTo(new DataOutputStream(bytes));
        bytes.write(42);
        DataInputStream source = input(bytes.toByteArray());

        AppliedSessions.readFrom(source);

        assertThat(source.read()).isEqualTo(42);
    }

    @Test
    void sessionsThatEndEarlyAreRefused() throws IOException {
        sessions.isFirst(command(1, 1, 2, 1));
        byte[] whole = written(sessions);

        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> AppliedSessions.readFrom(input(part))).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void sessionsThatCannotBeAreRefused() throws IOException {
        assertRefused("a count of -1", out -> out.writeInt(-1));
        assertRefused("pid=0", out -> writeSessions(out, 0, 1, 1));
        assertRefused("pid=3, storage=0] after Origin[pid=3", out -> writeSessions(out, 3, 1, 1, 3, 1, 1));
        assertRefused("boot 0", out -> writeSessions(out, 3, 0, 1));
        assertRefused("oldest pending sequence -1", out -> writeSessions(out, 3, 1, -1));
        assertRefused("sequence 4 is not above 4", out -> {
            out.writeInt(1);
            out.writeLong(3);
            out.writeLong(1);
            out.writeLong(5);
            out.writeInt(1);
            out.writeLong(4);
        });
    }

    @Test
    void whatWasNotedOrCannotComeAnyMoreIsSettled() {
        sessions.isFirst(command(1, 2, 5, 4));

        assertThat(sessions.isSettled(new ProposalId(1, 2, 5))).isTrue();
        assertThat(sessions.isSettled(new ProposalId(1, 2, 3))).isTrue();
        assertThat(sessions.isSettled(new ProposalId(1, 1, 9))).isTrue();
        assertThat(sessions.isSettled(new ProposalId(1, 2, 4))).isFalse();
        assertThat(sessions.isSettled(new ProposalId(1, 3, 1))).isFalse();
        assertThat(sessions.isSettled(new ProposalId(2, 2, 5))).isFalse();
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

    private interface Writing {
        void writeTo(DataOutputStream target) throws IOException;
    }

    private static void assertRefused(String reason, Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writing.writeTo(new DataOutputStream(bytes));
        assertThatThrownBy(() -> AppliedSessions.readFrom(input(bytes.toByteArray())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    /** Sessions of pid, boot and oldest pending sequence each, with nothing applied. */
    private static void writeSessions(DataOutputStream target, long... numbers) throws IOException {
        target.writeInt(numbers.length / 3);
        for (int i = 0; i < numbers.length; i++) {
            target.writeLong(numbers[i]);
            if (i % 3 == 2) {
                target.writeInt(0);
            }
        }
    }

    private static byte[] written(AppliedSessions sessions) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        sessions.writeTo(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static DataInputStream input(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }
}
