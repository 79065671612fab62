package io.omnipaxos.spring.guard;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** Finds results whose work begins or ends after the method returned, at a moment that the guard cannot know. */
final class UnfinishedResult {

    private static final String HTTP_ENTITY = "org.springframework.http.HttpEntity";

    /** By name, as all of them are optional. */
    private static final Set<String> TYPES = Set.of(
            "org.reactivestreams.Publisher",
            "java.util.concurrent.Flow$Publisher",
            "io.reactivex.rxjava3.core.Observable",
            "io.reactivex.rxjava3.core.Single",
            "io.reactivex.rxjava3.core.Maybe",
            "io.reactivex.rxjava3.core.Completable",
            "io.smallrye.mutiny.Uni",
            "kotlinx.coroutines.flow.Flow",
            "org.springframework.web.context.request.async.DeferredResult",
            "org.springframework.web.context.request.async.WebAsyncTask",
            "org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter",
            "org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody");

    private UnfinishedResult() {}

    /** What the method returns, in words, if the guard cannot tell when it is done. */
    static Optional<String> of(Method method) {
        if (KotlinDetector.isSuspendingFunction(method)) {
            return Optional.of("from a suspending function");
        }
        return Optional.ofNullable(find(ResolvableType.forMethodReturnType(method)));
    }

    private static @Nullable String find(ResolvableType result) {
        Class<?> type = result.resolve(Object.class);
        boolean ends = CompletionStage.class.isAssignableFrom(type);
        boolean isUnfinished = isAny(type) || type == Callable.class || (!ends && Future.class.isAssignableFrom(type));
        if (isUnfinished) {
            return ClassUtils.getShortName(type);
        }
        boolean isWrapper = ends || isNamed(type, HTTP_ENTITY);
        return isWrapper && result.hasGenerics() ? find(result.getGeneric(0)) : null;
    }

    private static boolean isAny(Class<?> type) {
        return TYPES.stream().anyMatch(name -> isNamed(type, name));
    }

    /** Whether the type, a superclass or an interface of it has this name. */
    private static boolean isNamed(@Nullable Class<?> type, String name) {
        return type != null
                && (type.getName().equals(name)
                        || isNamed(type.getSuperclass(), name)
                        || ClassUtils.getAllInterfacesForClassAsSet(type).stream()
                                .anyMatch(candidate -> candidate.getName().equals(name)));
    }
}
