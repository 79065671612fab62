package io.omnipaxos.spring.guard;

import io.omnipaxos.spring.LeaderOnly.Otherwise;
import io.omnipaxos.spring.OnLeaderChanged;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.Aware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.Lifecycle;
import org.springframework.context.Phased;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.Schedules;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A method that may be leader-only, and what it is to Spring. Annotations of optional libraries go by their names.
 *
 * @param type the class of the bean, which may have inherited the method
 */
record CandidateMethod(Class<?> type, Method method, MergedAnnotations annotations) {

    private static final String CONTROLLER = "org.springframework.stereotype.Controller";

    /** What makes a method of a controller handle requests. */
    private static final List<String> MAPPINGS = List.of(
            "org.springframework.web.bind.annotation.RequestMapping",
            "org.springframework.web.service.annotation.HttpExchange");

    /** The annotations of listeners for JMS, AMQP, Kafka and Pulsar carry the first one. */
    private static final List<String> MESSAGE_LISTENERS = List.of(
            "org.springframework.messaging.handler.annotation.MessageMapping",
            "org.springframework.integration.annotation.ServiceActivator",
            "io.awspring.cloud.sqs.annotation.SqsListener");

    private static final List<String> NEVER_COVERED_BY_CLASS = List.of(
            OnLeaderElected.class.getName(),
            OnLeaderRevoked.class.getName(),
            OnLeaderChanged.class.getName(),
            "org.springframework.web.bind.annotation.ExceptionHandler",
            "org.springframework.web.bind.annotation.ModelAttribute",
            "org.springframework.web.bind.annotation.InitBinder",
            "jakarta.annotation.PostConstruct",
            "jakarta.annotation.PreDestroy");

    /** What the container calls on every node. A {@code stop()} that a follower refuses would hang its shutdown. */
    private static final List<Class<?>> CONTAINER_INTERFACES = List.of(
            Aware.class,
            InitializingBean.class,
            DisposableBean.class,
            SmartInitializingSingleton.class,
            Lifecycle.class,
            Phased.class,
            Ordered.class);

    CandidateMethod(Class<?> type, Method method) {
        this(type, method, MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY));
    }

    boolean isCoveredByClass() {
        int modifiers = method.getModifiers();
        return !Modifier.isStatic(modifiers)
                && !Modifier.isPrivate(modifiers)
                && !Modifier.isProtected(modifiers)
                && !(method.getName().equals("close") && method.getParameterCount() == 0)
                && !ReflectionUtils.isObjectMethod(method)
                && NEVER_COVERED_BY_CLASS.stream().noneMatch(annotations::isPresent)
                && !isCalledByContainer();
    }

    private boolean isCalledByContainer() {
        return ClassUtils.getAllInterfacesForClassAsSet(type).stream()
                .filter(candidate -> CONTAINER_INTERFACES.stream().anyMatch(base -> base.isAssignableFrom(candidate)))
                .filter(candidate -> candidate.getName().startsWith("org.springframework."))
                .anyMatch(candidate -> ClassUtils.hasMethod(candidate, method.getName(), method.getParameterTypes()));
    }

    Otherwise automatic() {
        boolean calledOnEveryNode = isScheduled() || is(EventListener.class);
        return isVoid() && calledOnEveryNode ? Otherwise.SKIP : Otherwise.REJECT;
    }

    boolean isScheduled() {
        return is(Scheduled.class) || is(Schedules.class);
    }

    boolean isMvcHandler() {
        return MAPPINGS.stream().anyMatch(annotations::isPresent);
    }

    /** Whether the class of the bean is one whose methods may handle requests. */
    boolean isOfController() {
        return MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY).isPresent(CONTROLLER);
    }

    boolean isMessageListener() {
        return MESSAGE_LISTENERS.stream().anyMatch(annotations::isPresent);
    }

    boolean is(Class<? extends Annotation> annotation) {
        return annotations.isPresent(annotation);
    }

    boolean isVoid() {
        return method.getReturnType() == void.class;
    }

    boolean isStatic() {
        return Modifier.isStatic(method.getModifiers());
    }

    boolean isPrivate() {
        return Modifier.isPrivate(method.getModifiers());
    }

    boolean isFinal() {
        return Modifier.isFinal(method.getModifiers());
    }

    /** As a person would find it in the code. */
    String description() {
        Stream<String> parameters = Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName);
        return type.getName() + "." + method.getName() + parameters.collect(Collectors.joining(", ", "(", ")"));
    }
}
