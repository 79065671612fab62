package io.omnipaxos.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Calls the method on the node that lost leadership, once for every {@link OnLeaderElected}. On a planned change the
 * successor waits for the end of the call, at most for {@code omnipaxos.callback.revoke-timeout}.
 *
 * <p>The method may take a {@link io.omnipaxos.leadership.Leadership} and the
 * {@link io.omnipaxos.leadership.Tenure} that ended, in any order. For the rest it is as {@link OnLeaderElected}.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface OnLeaderRevoked {}
