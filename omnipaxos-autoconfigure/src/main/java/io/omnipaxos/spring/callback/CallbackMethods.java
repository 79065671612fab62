package io.omnipaxos.spring.callback;

import io.omnipaxos.spring.StartupFault;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;

/**
 * The callbacks of one class.
 *
 * @param kinds what each method is told of
 */
record CallbackMethods(Class<?> type, Map<Method, List<CallbackKind>> kinds) {

    static CallbackMethods of(Class<?> type) {
        if (type.getName().startsWith("org.springframework.") || type.getName().startsWith("java.")) {
            return new CallbackMethods(type, Map.of());
        }
        MetadataLookup<@Nullable List<CallbackKind>> lookup = method -> {
            List<CallbackKind> kinds = CallbackKind.of(method);
            return kinds.isEmpty() ? null : kinds;
        };
        return new CallbackMethods(type, MethodIntrospector.selectMethods(type, lookup));
    }

    boolean isEmpty() {
        return kinds.isEmpty();
    }

    /** The parameters that nobody can fill. */
    List<StartupFault> faults() {
        List<StartupFault> faults = new ArrayList<>();
        kinds.forEach((method, kindsOfMethod) -> kindsOfMethod.forEach(kind -> Arrays.stream(method.getParameterTypes())
                .filter(parameter -> !kind.accepts(parameter))
                .forEach(parameter -> faults.add(parameterFault(method, kind, parameter)))));
        return faults;
    }

    private StartupFault parameterFault(Method method, CallbackKind kind, Class<?> parameter) {
        return new StartupFault(
                kind.annotationName() + " method " + type.getName() + "." + method.getName() + "() has a parameter of "
                        + parameter.getName() + ", for which there is no argument",
                "Take any of " + kind.parameters() + " in any order, and inject other beans into the class.");
    }

    StartupFault scopeFault(String beanName) {
        Map.Entry<Method, List<CallbackKind>> first =
                kinds.entrySet().iterator().next();
        return new StartupFault(
                first.getValue().get(0).annotationName() + " method " + type.getName() + "."
                        + first.getKey().getName() + "() belongs to the bean '" + beanName
                        + "', which is not a singleton: it is not known which of its objects to call",
                "Make the bean a singleton, or move the callback to one; a bean of @LeadershipScope has @PostConstruct and"
                        + " @PreDestroy methods instead.");
    }
}
