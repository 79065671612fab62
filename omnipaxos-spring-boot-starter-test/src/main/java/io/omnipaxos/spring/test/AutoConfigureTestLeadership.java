package io.omnipaxos.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Puts a {@link TestLeadership}, which the test injects, in the place of the node: no peers, no storage, no port, no
 * time. Everything else is the real thing: {@link io.omnipaxos.spring.LeaderOnly}, the callbacks and application events,
 * the answer 503 of MVC, and replicated maps and the log, in memory.
 *
 * <p>It goes beside {@code @SpringBootTest} or a slice such as {@code @WebMvcTest}, and is named like
 * {@code @AutoConfigureTestDatabase}, which does the same to a database. Before each test nobody leads. What a test
 * writes to the log is undone after it, and elected beans are told that it is over.
 *
 * <p>{@code omnipaxos.enabled} is false then, so that the endpoint, health and meters of the node are not there, and no
 * property of peers is needed.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface AutoConfigureTestLeadership {}
