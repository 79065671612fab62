package io.omnipaxos.spring.test;

import java.util.function.Consumer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/**
 * Lets no test see what another one did to the leadership and the log of a context that they share. The last before each
 * test and the first after it: when beans are told that a leadership is over, mocks and transactions are as the test
 * left them.
 */
final class TestLeadershipResetListener extends AbstractTestExecutionListener {

    @Override
    public void beforeTestMethod(TestContext testContext) {
        with(testContext, TestLeadership::beforeTest);
    }

    @Override
    public void afterTestMethod(TestContext testContext) {
        with(testContext, TestLeadership::afterTest);
    }

    private static void with(TestContext testContext, Consumer<TestLeadership> action) {
        // A test may have closed its context itself.
        if (testContext.hasApplicationContext()
                && testContext.getApplicationContext() instanceof ConfigurableApplicationContext context
                && context.isActive()) {
            context.getBeanProvider(TestLeadership.class).ifAvailable(action);
        }
    }
}
