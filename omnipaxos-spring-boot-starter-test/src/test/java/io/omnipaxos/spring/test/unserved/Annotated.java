package io.omnipaxos.spring.test.unserved;

import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderChanged;
import io.omnipaxos.spring.OnLeaderElected;

/** Of each kind one. */
public final class Annotated {

    private Annotated() {}

    /** On an interface, for whoever implements it. */
    public interface Job {
        @LeaderOnly
        void run();
    }

    public static class ServedJob implements Job {
        @Override
        public void run() {}
    }

    public static class ForgottenJob implements Job {
        @Override
        public void run() {}
    }

    @LeaderOnly
    public static class WholeClass {
        public void work() {}
    }

    public static class Caller {
        @OnLeaderElected
        void warmUp() {}

        @OnLeaderChanged
        void note(LeaderChange change) {}
    }

    public static class Plain {
        void nothing() {}
    }
}
