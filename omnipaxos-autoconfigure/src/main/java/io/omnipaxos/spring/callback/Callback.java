package io.omnipaxos.spring.callback;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.annotation.Order;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * One method of one bean that is told of changes.
 *
 * @param receiver the bean, or what is behind its proxy where the proxy does not have the method
 */
record Callback(CallbackKind kind, Object receiver, Method method, int order) {

    static Callback of(CallbackKind kind, Object bean, Method method) {
        int order = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
                .get(Order.class)
                .getValue("value", Integer.class)
                .orElse(Ordered.LOWEST_PRECEDENCE);
        Method exposed = ClassUtils.getInterfaceMethodIfPossible(method, AopUtils.getTargetClass(bean));
        int modifiers = method.getModifiers();
        boolean isOverridable = !Modifier.isPrivate(modifiers) && !Modifier.isFinal(modifiers);
        return isOverridable && exposed.getDeclaringClass().isInstance(bean)
                ? new Callback(kind, bean, accessible(exposed), order)
                : new Callback(kind, targetOf(bean), accessible(method), order);
    }

    private static Method accessible(Method method) {
        ReflectionUtils.makeAccessible(method);
        return method;
    }

    /** Whether it is one of this bean, which may be the one behind the proxy. */
    boolean isOf(Object bean) {
        return targetOf(receiver) == targetOf(bean);
    }

    private static Object targetOf(Object bean) {
        Object target = AopProxyUtils.getSingletonTarget(bean);
        return target == null ? bean : targetOf(target);
    }

    /** Calls it with those of the facts that it takes. */
    void invoke(List<Object> facts) throws Throwable {
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(parameter ->
                        facts.stream().filter(parameter::isInstance).findFirst().orElseThrow())
                .toArray();
        try {
            method.invoke(receiver, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getTargetException();
        }
    }

    /** Class and name of the method, in words. */
    String methodName() {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName() + "()";
    }

    @Override
    public String toString() {
        return kind.annotationName() + " " + methodName();
    }
}
