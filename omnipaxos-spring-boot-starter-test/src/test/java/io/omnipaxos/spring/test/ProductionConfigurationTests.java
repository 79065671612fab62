package io.omnipaxos.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.omnipaxos.leadership.Leadership;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.web.servlet.MockMvc;

/** A whole application with its actuator starts as it is configured for production: without its variables and peers. */
@SpringBootTest(properties = "spring.config.name=production")
@AutoConfigureTestLeadership
@AutoConfigureMockMvc
class ProductionConfigurationTests {

    @Autowired
    private MockMvc mvc;

    @Autowired
    private Leadership leadership;

    @Test
    void leadershipIsTheTests() {
        assertThat(leadership).isInstanceOf(TestLeadership.class);
    }

    @Test
    void theActuatorAnswersWithoutANode() throws Exception {
        mvc.perform(get("/actuator/health")).andExpect(status().isOk());
        mvc.perform(get("/actuator/health/omnipaxos")).andExpect(status().isNotFound());
        mvc.perform(get("/actuator/metrics"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.names").isArray());
        mvc.perform(get("/actuator/omnipaxos")).andExpect(status().isNotFound());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
