package com.example.settlement;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.omnipaxos.spring.test.AutoConfigureTestLeadership;
import io.omnipaxos.spring.test.TestLeadership;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.web.servlet.MockMvc;

@WebMvcTest(SettlementController.class)
@AutoConfigureTestLeadership
class SettlementControllerTests {

    @Autowired
    private TestLeadership leadership;

    @Autowired
    private MockMvc mvc;

    @Test
    void answersOnTheLeaderAlone() throws Exception {
        mvc.perform(get("/token")).andExpect(status().isServiceUnavailable()).andExpect(header().exists("Retry-After"));

        long token = leadership.elect().fencingToken();
        mvc.perform(get("/token"))
                .andExpect(status().isOk())
                .andExpect(content().string(String.valueOf(token)));
    }
}
