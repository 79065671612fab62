package io.omnipaxos.spring.guard;

import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import io.omnipaxos.spring.StartupFault;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ReflectionUtils;

/** The leader-only methods of one class, each with what happens elsewhere, and what cannot work about them. */
final class GuardedMethods {

    private static final GuardedMethods NONE = new GuardedMethods(Object.class);

    private final Class<?> type;
    private final Map<Method, Otherwise> methods = new LinkedHashMap<>();
    private final List<StartupFault> faults = new ArrayList<>();

    private GuardedMethods(Class<?> type) {
        this.type = type;
    }

    /**
     * Looks at all methods of a class, inherited ones as well: who annotates a class expects that nothing on it runs
     * unguarded.
     */
    static GuardedMethods of(Class<?> type) {
        GuardedMethods guarded = new GuardedMethods(type);
        Optional<Otherwise> ofType = declared(MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY));
        for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type, ReflectionUtils.USER_DECLARED_METHODS)) {
            guarded.add(new CandidateMethod(type, method), ofType);
        }
        if (guarded.methods.isEmpty() && guarded.faults.isEmpty()) {
            return NONE;
        }
        if (Modifier.isFinal(type.getModifiers())) {
            guarded.faults.add(0, Refusal.finalClass(type));
        }
        return guarded;
    }

    private void add(CandidateMethod candidate, Optional<Otherwise> ofType) {
        Optional<Otherwise> ofMethod = declared(candidate.annotations());
        Optional<Otherwise> otherwise = ofMethod.isPresent() || !candidate.isCoveredByClass() ? ofMethod : ofType;
        if (otherwise.isEmpty()) {
            return;
        }
        Otherwise resolved = resolve(candidate, otherwise.get(), ofMethod.isPresent());
        Refusal.of(candidate, resolved).ifPresent(faults::add);
        methods.put(candidate.method(), resolved);
    }

    private static Otherwise resolve(CandidateMethod candidate, Otherwise otherwise, boolean stated) {
        if (otherwise == Otherwise.AUTO) {
            return candidate.automatic();
        }
        // Who calls another method of a controller is no client that could be sent elsewhere.
        boolean isHelper = !stated && candidate.isOfController() && !candidate.isMvcHandler();
        return isRouted(otherwise) && isHelper ? Otherwise.REJECT : otherwise;
    }

    static boolean isRouted(Otherwise otherwise) {
        return otherwise == Otherwise.REDIRECT || otherwise == Otherwise.FORWARD;
    }

    private static Optional<Otherwise> declared(MergedAnnotations annotations) {
        MergedAnnotation<LeaderOnly> annotation = annotations.get(LeaderOnly.class);
        return annotation.isPresent()
                ? Optional.of(annotation.getEnum("otherwise", Otherwise.class))
                : Optional.empty();
    }

    boolean isEmpty() {
        return methods.isEmpty();
    }

    /** What happens elsewhere to a call of this method, null if it is not leader-only. */
    @Nullable
    Otherwise otherwise(Method method) {
        return isEmpty() ? null : methods.get(AopUtils.getMostSpecificMethod(method, type));
    }

    /** A method whose calls are to be routed to the leader, as a person would find it; null if there is none. */
    @Nullable
    String routed() {
        return methods.entrySet().stream()
                .filter(entry -> isRouted(entry.getValue()))
                .map(entry -> new CandidateMethod(type, entry.getKey()).description())
                .findFirst()
                .orElse(null);
    }

    List<StartupFault> faults() {
        return faults;
    }
}
