package io.omnipaxos.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

/**
 * A bean that is made anew for each leadership of this node: caches, cursors and connections of one leadership cannot
 * leak into the next. It is made when it is first used in that leadership, and destroyed once the leadership is over,
 * {@link OnLeaderRevoked} callbacks have returned and the work admitted in it has ended, at the latest after the drain
 * timeout. One that is still being made then is not waited for: it is destroyed as soon as it is finished, and who asked
 * for it gets {@link io.omnipaxos.leadership.NotLeaderException}.
 *
 * <p>It is used within leader-only work and within {@link OnLeaderElected} and {@link OnLeaderRevoked} callbacks, and is
 * the one of their leadership there; anywhere else each call of it throws
 * {@link io.omnipaxos.leadership.NotLeaderException}. What it needs at its beginning and end belongs into
 * {@code @PostConstruct} and {@code @PreDestroy} methods.
 *
 * <p>Others get a proxy, so its class must not be final.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Scope(scopeName = "leadership", proxyMode = ScopedProxyMode.TARGET_CLASS)
public @interface LeadershipScope {}
