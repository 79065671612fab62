package io.omnipaxos.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Calls the method on every node, at each change of leader that the node sees, also to none; a bean made later gets the
 * last one.
 *
 * <p>The method may take the {@link io.omnipaxos.leadership.LeaderChange} and a
 * {@link io.omnipaxos.leadership.Leadership}, in any order. For the rest it is as {@link OnLeaderElected}.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface OnLeaderChanged {}
