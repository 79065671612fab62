package io.omnipaxos.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a method of a bean only while this node holds the lease of the leader; a planned change of leader waits for it.
 * Within it {@link io.omnipaxos.leadership.Leadership#fencingToken()} answers the token to send along with every write.
 *
 * <p>On a class or an interface it covers the public and package-visible methods, but no callbacks of leadership, of
 * MVC ({@code @ExceptionHandler}, {@code @ModelAttribute}, {@code @InitBinder}) or of the container, and not
 * {@code close()}. On a method it wins over the one of the class.
 *
 * <p>A {@link java.util.concurrent.CompletionStage} that is returned counts as running until it completes.
 *
 * <p>It works through the bean's proxy. What a proxy cannot serve fails at start-up; a call of a method to another one
 * of the same object does not pass the proxy and is not guarded.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface LeaderOnly {

    /** What happens to a call on a node that does not lead. */
    Otherwise otherwise() default Otherwise.AUTO;

    /** What happens to a call on a node that does not lead. */
    enum Otherwise {
        /**
         * {@link #SKIP} for a {@code void} method with {@code @Scheduled} or {@code @EventListener}, which will be
         * called on the leader as well; {@link #REJECT} for everything else.
         */
        AUTO,

        /** Nothing happens. For {@code void} methods that nobody waits for. */
        SKIP,

        /**
         * Throws {@link io.omnipaxos.leadership.NotLeaderException}, which Spring MVC and WebFlux answer with status 503
         * and the leader's address.
         */
        REJECT,

        /**
         * Tells the client to send its request again to the leader, with status 307. For handler methods of Spring MVC
         * only. Decided before the arguments are resolved; without a known leader as {@link #REJECT}.
         *
         * <p>On a controller class, methods that handle no requests are {@link #REJECT}ed.
         */
        REDIRECT,

        /**
         * Passes the request on to the leader and its answer back, both as streams. For handler methods of Spring MVC
         * only, but not for forms and multipart requests, which are answered with status 415 elsewhere. Decided before
         * the arguments are resolved; without a known leader as {@link #REJECT}.
         *
         * <p>On a controller class, methods that handle no requests are {@link #REJECT}ed.
         */
        FORWARD
    }
}
