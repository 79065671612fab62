package io.omnipaxos.spring.test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.omnipaxos.spring.autoconfigure.OmniPaxosAutoConfiguration;
import io.omnipaxos.spring.test.unserved.Annotated.Caller;
import io.omnipaxos.spring.test.unserved.Annotated.ForgottenJob;
import io.omnipaxos.spring.test.unserved.Annotated.ServedJob;
import io.omnipaxos.spring.test.unserved.Annotated.WholeClass;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

class LeadershipAnnotationsTests {

    private static final String PACKAGE = "io.omnipaxos.spring.test.unserved";

    private final ApplicationContextRunner withBeans =
            new ApplicationContextRunner().withBean(ServedJob.class).withBean(Caller.class);

    private final ApplicationContextRunner application = withBeans
            .withConfiguration(AutoConfigurations.of(OmniPaxosAutoConfiguration.class))
            .withPropertyValues("omnipaxos.enabled=false");

    @Test
    void namesWhatIsNoBean() {
        application.run(context -> assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> LeadershipAnnotations.assertServed(source(context), PACKAGE))
                .withMessageContaining("Annotated$ForgottenJob has @LeaderOnly, but is no bean")
                .withMessageContaining("Annotated$WholeClass has @LeaderOnly, but is no bean")
                .withMessageContaining("make it one, with @Component")
                .withMessageNotContainingAny("Annotated$ServedJob", "Annotated$Caller", "Annotated$Job ", "Plain"));
    }

    @Test
    void isContentWithBeans() {
        application
                .withBean(ForgottenJob.class)
                .withBean(WholeClass.class, WholeClass::new, definition -> definition.setLazyInit(true))
                .run(context -> assertThatNoException()
                        .isThrownBy(() -> LeadershipAnnotations.assertServed(source(context), PACKAGE)));
    }

    @Test
    void namesWhatHasNoProxyAndWhatNobodyCalls() {
        withBeans.run(context -> assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> LeadershipAnnotations.assertServed(source(context), PACKAGE))
                .withMessageContaining("Annotated$ServedJob has @LeaderOnly, but its bean")
                .withMessageContaining("has no proxy")
                .withMessageContaining(
                        "Annotated$Caller has @OnLeaderElected and @OnLeaderChanged, but nobody calls it"));
    }

    @Test
    void wantsToKnowWhereToLook() {
        application.run(context -> assertThatIllegalArgumentException()
                .isThrownBy(() -> LeadershipAnnotations.assertServed(source(context))));
    }

    private static ConfigurableApplicationContext source(AssertableApplicationContext context) {
        return context.getSourceApplicationContext();
    }
}
