package io.omnipaxos.spring.test;

import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderChanged;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import io.omnipaxos.spring.callback.CallbackPostProcessor;
import io.omnipaxos.spring.guard.LeaderOnlyPostProcessor;
import io.omnipaxos.spring.guard.LeaderOnlyVerifier;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds annotations of leadership that do nothing, because the class that carries them is no bean or its bean has no
 * proxy. A start cannot find them: what is no bean is not seen there.
 */
public final class LeadershipAnnotations {

    private static final List<Class<? extends Annotation>> CALLBACKS =
            List.of(OnLeaderElected.class, OnLeaderRevoked.class, OnLeaderChanged.class);

    private final ConfigurableListableBeanFactory beanFactory;
    private final List<String> faults = new ArrayList<>();

    private LeadershipAnnotations(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    /**
     * Looks at all classes below packages, those of tests included. Use the context that production has: what is a bean
     * in another profile only is reported.
     *
     * @param basePackages at least one, {@code "com.example"} for example
     * @throws AssertionError if something is not served; names all of it, each with what to do
     */
    public static void assertServed(ConfigurableApplicationContext context, String... basePackages) {
        if (basePackages.length == 0) {
            throw new IllegalArgumentException("name the packages to look at, \"com.example\" for example");
        }
        LeadershipAnnotations search = new LeadershipAnnotations(context.getBeanFactory());
        ClassLoader loader = context.getClassLoader();
        classes(loader, basePackages).forEach(search::check);
        if (!search.faults.isEmpty()) {
            throw new AssertionError("annotations that nobody serves:\n- " + String.join("\n- ", search.faults));
        }
    }

    /** Those that carry annotations, and the classes that inherit them. */
    private static Set<Class<?>> classes(@Nullable ClassLoader loader, String... basePackages) {
        Scanner annotated = new Scanner();
        annotated.addIncludeFilter((reader, factory) -> isAnnotated(reader.getAnnotationMetadata()));
        Set<Class<?>> found = new TreeSet<>(Comparator.comparing(Class::getName));
        found.addAll(annotated.classes(loader, basePackages));
        if (!found.isEmpty()) {
            Scanner heirs = new Scanner();
            found.forEach(type -> heirs.addIncludeFilter(new AssignableTypeFilter(type)));
            found.addAll(heirs.classes(loader, basePackages));
        }
        return found;
    }

    private static boolean isAnnotated(AnnotationMetadata type) {
        return !type.isAnnotation()
                && (type.isAnnotated(LeaderOnly.class.getName())
                        || Stream.concat(Stream.of(LeaderOnly.class), CALLBACKS.stream())
                                .anyMatch(annotation -> type.hasAnnotatedMethods(annotation.getName())));
    }

    private void check(Class<?> type) {
        List<String> beanNames = beansOf(type);
        if (beanNames.isEmpty()) {
            faults.add(words(type) + ", but is no bean of this context: make it one, with @Component or a @Bean method,"
                    + " and do not call the constructor; or hand the work to Leadership.run(token -> ...)");
            return;
        }
        if (carries(type, LeaderOnly.class)) {
            beanNames.stream()
                    .filter(name -> !isGuarded(name))
                    .forEach(
                            name -> faults.add(
                                    words(type) + ", but its bean '" + name
                                            + "' has no proxy: let Spring make it, in a context with the auto-configuration of OmniPaxos"));
        }
        if (CALLBACKS.stream().anyMatch(callback -> carries(type, callback))
                && isMissing(CallbackPostProcessor.class)) {
            faults.add(words(type) + ", but nobody calls it: this context lacks the auto-configuration of OmniPaxos");
        }
    }

    /** Of an abstract class or an interface, those of what extends it. */
    private List<String> beansOf(Class<?> type) {
        return Stream.of(beanFactory.getBeanNamesForType(Object.class, true, false))
                .filter(name -> {
                    Class<?> target = AutoProxyUtils.determineTargetClass(beanFactory, name);
                    return target != null && type.isAssignableFrom(ClassUtils.getUserClass(target));
                })
                .toList();
    }

    private boolean isGuarded(String beanName) {
        Object bean = beanFactory.getSingleton(beanName);
        return (bean == null || bean instanceof FactoryBean)
                ? !isMissing(LeaderOnlyPostProcessor.class)
                : LeaderOnlyVerifier.isGuarded(bean);
    }

    private boolean isMissing(Class<?> infrastructure) {
        return beanFactory.getBeanNamesForType(infrastructure, true, false).length == 0;
    }

    private static String words(Class<?> type) {
        List<String> annotations = Stream.concat(Stream.of(LeaderOnly.class), CALLBACKS.stream())
                .filter(annotation -> carries(type, annotation))
                .map(annotation -> "@" + annotation.getSimpleName())
                .toList();
        return type.getName() + " has " + String.join(" and ", annotations);
    }

    private static boolean carries(Class<?> type, Class<? extends Annotation> annotation) {
        return MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY).isPresent(annotation)
                || Stream.of(ReflectionUtils.getAllDeclaredMethods(type))
                        .anyMatch(method -> MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
                                .isPresent(annotation));
    }

    /** Finds classes whatever they are: interfaces, abstract and inner ones as well. */
    private static final class Scanner extends ClassPathScanningCandidateComponentProvider {

        Scanner() {
            super(false);
        }

        @Override
        protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
            return true;
        }

        List<Class<?>> classes(@Nullable ClassLoader loader, String... basePackages) {
            List<Class<?>> classes = new ArrayList<>();
            for (String basePackage : basePackages) {
                for (BeanDefinition definition : findCandidateComponents(basePackage)) {
                    String name = definition.getBeanClassName();
                    if (name != null) {
                        classes.add(ClassUtils.resolveClassName(name, loader));
                    }
                }
            }
            return classes;
        }
    }
}
