package io.omnipaxos.reference;

import static io.omnipaxos.replica.ReplicaFixture.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.log.Command;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaNetwork;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The group «batching»: commands that are proposed together are written, sent and decided together. */
class BatchingScenarioTest {

    private static final int BATCH = 31;

    private final ReplicaNetwork network = ReplicaNetwork.of(3).start();

    @Test
    void whatIsDecidedRisesByWholeBatchesWithOneMessageForEach() {
        ReplicaFixture leader = network.node(3);
        List<Integer> sent = new ArrayList<>();
        List<Accepted> acknowledged = new ArrayList<>();
        network.watch(envelope -> {
            if (envelope.to() == 1 && envelope.message() instanceof AcceptDecide accept) {
                sent.add(accept.entries().size());
            } else if (envelope.from() == 1 && envelope.message() instanceof Accepted accepted) {
                acknowledged.add(accepted);
            }
        });

        for (int batch = 1; batch <= 10; batch++) {
            leader.step(new Input.Proposed(commands(batch), leader.now()));
            network.deliver();
            assertThat(leader.decidedIndex()).isEqualTo(1 + batch * BATCH);
        }

        assertThat(sent).hasSize(10).containsOnly(BATCH);
        assertThat(acknowledged).hasSize(10);
        network.assertAllEqual();
    }

    private static List<Command> commands(int batch) {
        List<Command> commands = new ArrayList<>();
        for (int number = 0; number < BATCH; number++) {
            commands.add(command(3, batch * BATCH + number, "command"));
        }
        return commands;
    }
}
