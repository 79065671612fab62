package io.omnipaxos.spring.guard;

import io.omnipaxos.spring.LeaderOnly.Otherwise;
import io.omnipaxos.spring.OnLeaderRevoked;
import io.omnipaxos.spring.StartupFault;
import java.util.Optional;
import org.springframework.context.annotation.Bean;

/** What cannot work about a leader-only method, in words: the first fault of each method. */
final class Refusal {

    private Refusal() {}

    static Optional<StartupFault> of(CandidateMethod candidate, Otherwise otherwise) {
        return unreachable(candidate).or(() -> meaningless(candidate)).or(() -> unanswerable(candidate, otherwise));
    }

    static StartupFault finalClass(Class<?> type) {
        return new StartupFault(
                "@LeaderOnly is on the final class " + type.getName() + ", of which no proxy can be made",
                "Make the class non-final, or hand the work to Leadership.run(token -> ...).");
    }

    /** What a proxy does not get to see. */
    private static Optional<StartupFault> unreachable(CandidateMethod candidate) {
        String which = candidate.isStatic()
                ? "static"
                : candidate.isPrivate() ? "private" : candidate.isFinal() ? "final" : null;
        return which == null
                ? Optional.empty()
                : fault(
                        candidate,
                        "is " + which + ": no proxy can guard it",
                        "Make it non-" + which + ", or hand the work to Leadership.run(token -> ...).");
    }

    private static Optional<StartupFault> meaningless(CandidateMethod candidate) {
        if (candidate.is(Bean.class)) {
            return fault(
                    candidate,
                    "is a @Bean method: it would guard the making of the bean, on a node that cannot lead yet",
                    "Put @LeaderOnly on the methods of the bean instead.");
        }
        if (candidate.is(OnLeaderRevoked.class)) {
            return fault(
                    candidate,
                    "is an @OnLeaderRevoked callback: it would never run, as this node leads no more",
                    "Remove @LeaderOnly from it.");
        }
        return Optional.empty();
    }

    /** Results that the caller would not get, or that come after the guard is gone. */
    private static Optional<StartupFault> unanswerable(CandidateMethod candidate, Otherwise otherwise) {
        if (candidate.isScheduled() && !candidate.isVoid()) {
            return fault(
                    candidate,
                    "is @Scheduled and returns a value that nobody gets; on every follower it would log an error each time",
                    "Make it void.");
        }
        Optional<String> unfinished = UnfinishedResult.of(candidate.method());
        if (unfinished.isPresent()) {
            return fault(
                    candidate,
                    "returns " + unfinished.get() + ", so that the work goes on after the guard is gone",
                    "Return a CompletableFuture, which counts as running until it completes, or guard the work itself.");
        }
        if (GuardedMethods.isRouted(otherwise)) {
            return unroutable(candidate, otherwise);
        }
        return otherwise == Otherwise.SKIP ? unskippable(candidate) : Optional.empty();
    }

    private static Optional<StartupFault> unroutable(CandidateMethod candidate, Otherwise otherwise) {
        return candidate.isOfController() && candidate.isMvcHandler()
                ? Optional.empty()
                : fault(
                        candidate,
                        "is to " + (otherwise == Otherwise.FORWARD ? "forward" : "redirect")
                                + " requests, but is no handler method of a Spring MVC controller: there is no request",
                        "Put " + otherwise + " on the handler method, and here use @LeaderOnly(otherwise = REJECT).");
    }

    private static Optional<StartupFault> unskippable(CandidateMethod candidate) {
        if (candidate.isMvcHandler()) {
            return fault(
                    candidate,
                    "handles requests and is to be skipped: the client would get an empty success for work not done",
                    "Use @LeaderOnly(otherwise = REJECT), which answers 503 with the leader's address.");
        }
        if (candidate.isMessageListener()) {
            return fault(
                    candidate,
                    "listens to messages and is to be skipped: a message would be acknowledged and lost",
                    "State @LeaderOnly(otherwise = REJECT), so that the message is delivered again, or start and stop "
                            + "the listener's container in @OnLeaderElected and @OnLeaderRevoked.");
        }
        return candidate.isVoid()
                ? Optional.empty()
                : fault(
                        candidate,
                        "returns a value and is to be skipped: there is no value to return",
                        "Make it void, or use @LeaderOnly(otherwise = REJECT).");
    }

    private static Optional<StartupFault> fault(CandidateMethod candidate, String what, String action) {
        return Optional.of(new StartupFault("@LeaderOnly method " + candidate.description() + " " + what, action));
    }
}
