package io.omnipaxos.spring.guard;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import io.omnipaxos.spring.guard.LeaderOnlyCalls.Outcome;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;

/** Runs a leader-only method under an admission, or answers as the annotation says. */
final class LeaderOnlyInterceptor implements MethodInterceptor {

    private static final Logger LOGGER = LoggerFactory.getLogger(LeaderOnlyInterceptor.class);

    private final LeaderOnlyRules rules;
    private final Supplier<Leadership> leadership;
    private final LeaderOnlyCalls calls;

    LeaderOnlyInterceptor(LeaderOnlyRules rules, Supplier<Leadership> leadership, LeaderOnlyCalls calls) {
        this.rules = rules;
        this.leadership = leadership;
        this.calls = calls;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Leadership current = leadership.get();
        OptionalLong surrounding = surroundingToken(current);
        Admission admission;
        try {
            admission = current.admit();
        } catch (NotLeaderException refused) {
            return refuse(invocation, refused);
        }
        if (surrounding.isPresent() && surrounding.getAsLong() != admission.fencingToken()) {
            admission.close();
            return refuse(invocation, new NotLeaderException("the work belongs to an earlier leadership", null));
        }
        calls.add(Outcome.RUN);
        return proceed(invocation, admission);
    }

    /**
     * The token of the leader-only work that this call is a part of. What began in an earlier leadership must not take
     * the token of the present one by way of another method.
     */
    private static OptionalLong surroundingToken(Leadership leadership) {
        try {
            return OptionalLong.of(leadership.fencingToken());
        } catch (NotLeaderException outside) {
            return OptionalLong.empty();
        }
    }

    private @Nullable Object refuse(MethodInvocation invocation, NotLeaderException refused) {
        Object target = invocation.getThis();
        Class<?> type = target == null ? invocation.getMethod().getDeclaringClass() : AopUtils.getTargetClass(target);
        String method = ClassUtils.getUserClass(type).getSimpleName() + "."
                + invocation.getMethod().getName() + "()";
        if (rules.of(type).otherwise(invocation.getMethod()) == Otherwise.SKIP) {
            calls.add(Outcome.SKIPPED);
            LOGGER.debug("Skipped {}: {}", method, refused.getMessage());
            return null;
        }
        calls.add(Outcome.REJECTED);
        NotLeaderException rejected = new NotLeaderException(
                method + " runs on the leader only: " + refused.getMessage(),
                refused.leader().orElse(null));
        rejected.initCause(refused);
        throw rejected;
    }

    private static @Nullable Object proceed(MethodInvocation invocation, Admission admission) throws Throwable {
        boolean endsElsewhere = false;
        Admission.Scope scope = admission.bind();
        try {
            Object result = invocation.proceed();
            if (result instanceof CompletionStage<?> stage) {
                stage.whenComplete((value, failure) -> admission.close());
                endsElsewhere = true;
            }
            return result;
        } finally {
            scope.close();
            if (!endsElsewhere) {
                admission.close();
            }
        }
    }
}
