package io.omnipaxos.spring.transport;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.spring.transport.PeerSessions.Verdict;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A request counts once, on whichever of the two lanes it comes. */
public final class PeerSessionsStress {

    private PeerSessionsStress() {}

    /** A peer that has been asked for its session. */
    public abstract static class Opened {

        private final PeerSessions sessions = new PeerSessions();
        private final String session;

        Opened() {
            Verdict verdict = sessions.check(request("", 1));
            session = verdict instanceof Verdict.Reopen reopen ? reopen.session() : "";
        }

        boolean admits(long counter) {
            return sessions.check(request(session, counter)) instanceof Verdict.Admitted;
        }

        private static RequestIdentity request(String session, long counter) {
            return new RequestIdentity(2, 1, "boot", counter, session, Lane.LOG, "");
        }
    }

    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = ACCEPTABLE,
            desc = "one of the two is a replay")
    @Outcome(expect = FORBIDDEN, desc = "admitted twice, or never")
    @State
    public static class TheSameRequestTwice extends Opened {

        @Actor
        public void receive(ZZ_Result result) {
            result.r1 = admits(2);
        }

        @Actor
        public void receiveAgain(ZZ_Result result) {
            result.r2 = admits(2);
        }
    }

    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "both are new")
    @Outcome(expect = FORBIDDEN, desc = "one is refused")
    @State
    public static class TwoRequests extends Opened {

        @Actor
        public void receive(ZZ_Result result) {
            result.r1 = admits(2);
        }

        @Actor
        public void receiveAnother(ZZ_Result result) {
            result.r2 = admits(3);
        }
    }
}
