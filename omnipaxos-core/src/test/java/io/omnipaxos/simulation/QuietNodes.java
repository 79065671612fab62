package io.omnipaxos.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** The nodes of thousands of clusters say nothing meanwhile. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(QuietNodes.Silence.class)
@interface QuietNodes {

    /** Restores what was before. */
    final class Silence implements BeforeAllCallback, AfterAllCallback {

        private final Logger logger = (Logger) LoggerFactory.getLogger("io.omnipaxos");

        @Override
        public void beforeAll(ExtensionContext context) {
            logger.setLevel(Level.OFF);
        }

        @Override
        public void afterAll(ExtensionContext context) {
            logger.setLevel(null);
        }
    }
}
