package io.omnipaxos.node;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** What is told of the loop's state while that changes. */
public final class NodeViewStress {

    private NodeViewStress() {}

    /** There was a leader for an hour. */
    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "there is a leader")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "there has been none since now")
    @Outcome(expect = FORBIDDEN, desc = "the time with a leader counts as well")
    @State
    public static class LoseTheLeaderOrAskForHowLong {

        private final StressHost host = new StressHost();
        private final NodeView view = new NodeView(host);

        public LoseTheLeaderOrAskForHowLong() {
            view.leaderChanged(StressNodes.BALLOT, "elected");
            host.setTo(TimeUnit.HOURS.toNanos(1));
        }

        @Actor
        public void lose() {
            view.leaderChanged(null, "gone");
        }

        @Actor
        public void ask(J_Result result) {
            var leaderless = view.leaderless();
            result.r1 = leaderless == null ? -1 : leaderless.toSeconds();
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "the last changes, none missing")
    @Outcome(expect = FORBIDDEN, desc = "torn")
    @State
    public static class ChangeOrList {

        private static final int KEPT = 50;

        private final NodeView view = new NodeView(new StressHost());

        public ChangeOrList() {
            for (int change = 0; change < KEPT; change++) {
                view.leaderChanged(null, "gone");
            }
        }

        @Actor
        public void change() {
            view.leaderChanged(null, "gone again");
        }

        @Actor
        public void list(Z_Result result) {
            result.r1 = view.changes().size() == KEPT;
        }
    }
}
