package io.omnipaxos.spring.callback;

import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.OnLeaderChanged;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/** What a callback is told of, and what it may take as arguments. */
enum CallbackKind {
    ELECTED(OnLeaderElected.class, Tenure.class),
    REVOKED(OnLeaderRevoked.class, Tenure.class),
    CHANGED(OnLeaderChanged.class, LeaderChange.class);

    private final Class<? extends Annotation> annotation;
    private final Class<?> fact;

    CallbackKind(Class<? extends Annotation> annotation, Class<?> fact) {
        this.annotation = annotation;
        this.fact = fact;
    }

    static List<CallbackKind> of(Method method) {
        MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
        return Arrays.stream(values())
                .filter(kind -> annotations.isPresent(kind.annotation))
                .toList();
    }

    boolean accepts(Class<?> parameter) {
        return parameter == Leadership.class || parameter == fact;
    }

    String observedName() {
        return name().toLowerCase(Locale.ROOT);
    }

    String annotationName() {
        return "@" + annotation.getSimpleName();
    }

    String parameters() {
        return List.of(Leadership.class, fact).stream()
                .map(Class::getSimpleName)
                .collect(Collectors.joining(" and "));
    }
}
