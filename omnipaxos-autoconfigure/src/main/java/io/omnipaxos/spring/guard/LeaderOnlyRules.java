package io.omnipaxos.spring.guard;

import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/** Which methods of which class are leader-only. Looks at each class once; safe for use by any thread. */
public final class LeaderOnlyRules {

    private final Map<Class<?>, GuardedMethods> known = new ConcurrentHashMap<>();

    /**
     * What happens elsewhere to calls of a method, never {@link Otherwise#AUTO}.
     *
     * @param type the class of the bean
     * @return null if the method is not leader-only
     */
    public @Nullable Otherwise otherwise(Class<?> type, Method method) {
        return isCandidate(type) ? of(type).otherwise(method) : null;
    }

    GuardedMethods of(Class<?> type) {
        return known.computeIfAbsent(ClassUtils.getUserClass(type), GuardedMethods::of);
    }

    /** Whether it is worth a look: most beans of an application are Spring's own. */
    static boolean isCandidate(Class<?> type) {
        return !type.getName().startsWith("org.springframework.")
                && AnnotationUtils.isCandidateClass(type, LeaderOnly.class);
    }
}
