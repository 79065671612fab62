package io.omnipaxos.sample.soak;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** One node of a soak test: counts the commands of each writer, and is a writer itself if it is told to. */
@SpringBootApplication
class TallyApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(TallyApplication.class, arguments);
    }
}
