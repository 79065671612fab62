package io.omnipaxos.replication;

import static io.omnipaxos.replica.ReplicaFixture.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.log.Command;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much a leader has on its way to one follower. */
class FlowControlTest {

    private static final int IN_FLIGHT = 16;

    private final ReplicaFixture leader = ReplicaFixture.of(1, 3);
    private Ballot own;

    @BeforeEach
    void lead() {
        leader.maxMessageBytes = 410;
        leader.start();
        own = leader.granted(1, 2, 3);
        leader.forget();
    }

    @Test
    void h9_whatIsProposedLeavesWithTheSameStepHoweverLittleItIs() {
        Effects effects = leader.step(new Input.Proposed(List.of(command(1, 1, "a")), leader.now()));

        assertThat(ReplicaFixture.of(effects.sendNow(), 2, AcceptDecide.class)).hasSize(1);
        assertThat(effects.persist().entries()).isNotNull();
    }

    @Test
    void commandsOfOneStepTravelInMessagesOfBoundedSize() {
        propose(3);

        assertThat(leader.sentTo(2, AcceptDecide.class))
                .hasSize(3)
                .allMatch(accept -> accept.entries().size() == 1)
                .extracting(AcceptDecide::firstIndex)
                .containsExactly(2L, 3L, 4L);
    }

    @Test
    void aFollowerThatAcknowledgesNothingGetsOnlySoMany() {
        propose(40);

        assertThat(leader.sentTo(2, AcceptDecide.class)).hasSize(IN_FLIGHT);
    }

    @Test
    void eachAcknowledgementLetsMoreThrough() {
        propose(40);
        leader.forget();

        leader.receive(2, new Accepted(own, 4));

        assertThat(leader.sentTo(2, AcceptDecide.class))
                .extracting(AcceptDecide::firstIndex)
                .containsExactly(IN_FLIGHT + 2L, IN_FLIGHT + 3L, IN_FLIGHT + 4L);
        assertThat(leader.sentTo(3, AcceptDecide.class)).isEmpty();
    }

    @Test
    void inTheEndAFollowerHasEverything() {
        propose(40);

        for (int i = 0; i < 10; i++) {
            AcceptDecide last = leader.lastSentTo(2, AcceptDecide.class);
            leader.receive(2, new Accepted(own, last.firstIndex()));
        }

        assertThat(leader.decidedIndex()).isEqualTo(41);
    }

    private void propose(int count) {
        List<Command> commands = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            commands.add(command(1, i, "command " + i));
        }
        leader.step(new Input.Proposed(commands, leader.now()));
    }
}
