package io.omnipaxos.spring.guard;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.support.StaticMethodMatcherPointcut;

/**
 * Where the guard is. All of them are equal, as the rules depend on the class alone: proxy classes are kept by what their
 * pointcut is equal to, and many contexts in one process need each only once.
 */
final class LeaderOnlyPointcut extends StaticMethodMatcherPointcut {

    private final LeaderOnlyRules rules;

    LeaderOnlyPointcut(LeaderOnlyRules rules) {
        this.rules = rules;
        setClassFilter(new Candidates(rules));
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        return rules.of(targetClass).otherwise(method) != null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LeaderOnlyPointcut;
    }

    @Override
    public int hashCode() {
        return LeaderOnlyPointcut.class.hashCode();
    }

    @Override
    public String toString() {
        return LeaderOnlyPointcut.class.getName();
    }

    private static final class Candidates implements ClassFilter {

        private final LeaderOnlyRules rules;

        private Candidates(LeaderOnlyRules rules) {
            this.rules = rules;
        }

        @Override
        public boolean matches(Class<?> type) {
            return LeaderOnlyRules.isCandidate(type) && !rules.of(type).isEmpty();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Candidates;
        }

        @Override
        public int hashCode() {
            return Candidates.class.hashCode();
        }

        @Override
        public String toString() {
            return Candidates.class.getName();
        }
    }
}
