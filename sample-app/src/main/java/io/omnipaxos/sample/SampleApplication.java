package io.omnipaxos.sample;

import org.springframework.boot.SpringApplication;

/** One node of a cluster; or, where no {@code omnipaxos} property says so, the demo that runs three of them. */
public final class SampleApplication {

    private SampleApplication() {}

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication();
        application.addListeners(new NodeOrDemo());
        application.run(args);
    }
}
