package io.omnipaxos.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Calls the method on the node that was granted leadership, and on a bean made later as soon as it is there.
 * Leader-only work may start before this call ends.
 *
 * <p>The method may take a {@link io.omnipaxos.leadership.Leadership} and a
 * {@link io.omnipaxos.leadership.Tenure}, in any order. Callbacks of one node run one after another on a thread of
 * their own, those with a smaller {@link org.springframework.core.annotation.Order} first; what one throws is logged and
 * changes nothing else. Only singletons have callbacks.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface OnLeaderElected {}
