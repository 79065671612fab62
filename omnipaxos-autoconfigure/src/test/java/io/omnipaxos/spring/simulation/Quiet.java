package io.omnipaxos.spring.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Hundreds of clusters say nothing meanwhile. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Quiet.Silence.class)
@interface Quiet {

    /** Restores what was before. */
    final class Silence implements BeforeAllCallback, AfterAllCallback {

        private static final List<String> LOGGERS = List.of("io.omnipaxos", "org.springframework");

        @Override
        public void beforeAll(ExtensionContext context) {
            set(Level.OFF);
        }

        @Override
        public void afterAll(ExtensionContext context) {
            set(null);
        }

        private static void set(Level level) {
            LOGGERS.forEach(name -> ((Logger) LoggerFactory.getLogger(name)).setLevel(level));
        }
    }
}
