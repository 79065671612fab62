package io.omnipaxos.spring.web;

import io.omnipaxos.leadership.NotLeaderException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils.MethodFilter;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.ControllerAdviceBean;

/** Whether the application itself handles {@link NotLeaderException}: this type, not one above it. */
public final class ApplicationHandlers {

    private final Map<Class<?>, Boolean> byType = new ConcurrentHashMap<>();
    private final Supplier<List<ControllerAdviceBean>> advices;

    public ApplicationHandlers(ListableBeanFactory beanFactory) {
        this.advices = SingletonSupplier.of(() -> ControllerAdviceBean.findAnnotatedBeans(beanFactory));
    }

    /**
     * Whether it does for this handler.
     *
     * @param controller the class of the handler, null for a handler that is no method of a controller
     */
    boolean handle(@Nullable Class<?> controller) {
        return (controller != null && declares(controller))
                || advices.get().stream()
                        .filter(advice -> advice.isApplicableToBeanType(controller))
                        .map(ControllerAdviceBean::getBeanType)
                        .anyMatch(type -> type != null && declares(type));
    }

    private boolean declares(Class<?> type) {
        return byType.computeIfAbsent(
                ClassUtils.getUserClass(type),
                userType -> !MethodIntrospector.selectMethods(
                                userType, (MethodFilter) ApplicationHandlers::isForNotLeader)
                        .isEmpty());
    }

    /** The types of the annotation, or those of the parameters where it names none. */
    private static boolean isForNotLeader(Method method) {
        ExceptionHandler annotation = AnnotatedElementUtils.findMergedAnnotation(method, ExceptionHandler.class);
        if (annotation == null) {
            return false;
        }
        Class<?>[] types = annotation.exception().length == 0 ? method.getParameterTypes() : annotation.exception();
        return Arrays.asList(types).contains(NotLeaderException.class);
    }
}
