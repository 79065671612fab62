package io.omnipaxos.spring.guard;

import io.omnipaxos.spring.LeaderOnly;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/** Which methods of which class are leader-only. Looks at each class once; safe for use by any thread. */
public final class LeaderOnlyRules {

    private final Map<Class<?>, GuardedMethods> known = new ConcurrentHashMap<>();

    GuardedMethods of(Class<?> type) {
        return known.computeIfAbsent(ClassUtils.getUserClass(type), GuardedMethods::of);
    }

    /** Whether it is worth a look: most beans of an application are Spring's own. */
    static boolean isCandidate(Class<?> type) {
        return !type.getName().startsWith("org.springframework.")
                && AnnotationUtils.isCandidateClass(type, LeaderOnly.class);
    }
}
