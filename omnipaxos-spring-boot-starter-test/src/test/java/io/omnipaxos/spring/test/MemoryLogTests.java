package io.omnipaxos.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.omnipaxos.log.Command;
import io.omnipaxos.node.Committed;
import io.omnipaxos.statemachine.StateMachine;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MemoryLogTests {

    private final Stuck machine = new Stuck();
    private final MemoryLog log = new MemoryLog(() -> machine, new TestAdmissions(), Duration.ofMillis(1));

    @AfterEach
    void end() {
        machine.end.countDown();
        log.close();
    }

    @Test
    void namesTheStateMachineThatDoesNotReturn() throws InterruptedException {
        CompletableFuture<Committed> appended = log.append(new byte[0]);
        machine.entered.await();

        assertThatIllegalStateException()
                .isThrownBy(log::undo)
                .withMessageContaining("within PT0.001S")
                .withMessageContaining("MemoryLogTests$Stuck.apply");
        assertThat(appended).isNotDone();
    }

    @Test
    void saysThatItIsClosed() {
        log.close();

        assertThatIllegalStateException().isThrownBy(log::undo).withMessageContaining("is closed");
    }

    /** Takes no notice of interrupts. */
    private static final class Stuck implements StateMachine {

        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);

        @Override
        public byte[] apply(long index, Command command) {
            entered.countDown();
            while (end.getCount() > 0) {
                try {
                    end.await();
                } catch (InterruptedException ignored) {
                    // Goes on waiting.
                }
            }
            return new byte[0];
        }

        @Override
        public Snapshot snapshot() {
            return target -> {};
        }

        @Override
        public void restore(InputStream source) {
            // There is nothing to restore.
        }
    }
}
