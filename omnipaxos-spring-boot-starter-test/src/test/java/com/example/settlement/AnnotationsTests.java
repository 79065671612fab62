package com.example.settlement;

import io.omnipaxos.spring.test.AutoConfigureTestLeadership;
import io.omnipaxos.spring.test.LeadershipAnnotations;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;

@SpringBootTest
@AutoConfigureTestLeadership
class AnnotationsTests {

    @Test
    void allAreServed(@Autowired ConfigurableApplicationContext context) {
        LeadershipAnnotations.assertServed(context, "com.example.settlement");
    }
}
