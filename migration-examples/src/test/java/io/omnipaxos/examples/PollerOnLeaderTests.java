package io.omnipaxos.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Docs: where each migration to a standing leader ends. */
class PollerOnLeaderTests {

    private final RecordedInbox inbox = new RecordedInbox();

    @Test
    void theLeaderOpensPollsAndCloses() throws InterruptedException {
        try (ExampleNode leader =
                ExampleNode.leading(context -> context.registerBean(Inbox.class, () -> inbox), PollerOnLeader.class)) {
            inbox.awaitState("open");
            leader.get(PollerOnLeader.class).poll();
        }

        assertThat(inbox.polls()).isEqualTo(1);
        inbox.awaitState("closed");
    }

    @Test
    void nobodyElsePolls() {
        try (ExampleNode follower = ExampleNode.neverLeading(
                context -> context.registerBean(Inbox.class, () -> inbox), PollerOnLeader.class)) {
            follower.get(PollerOnLeader.class).poll();
        }

        assertThat(inbox.polls()).isZero();
    }
}
