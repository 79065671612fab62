package io.omnipaxos.sample.settlement;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.omnipaxos.node.AppendException;
import io.omnipaxos.sample.FakeMap;
import io.omnipaxos.sample.node.ClusterProblems;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

class SettlementControllerTests {

    private final FakeMap<Settlement> entries = new FakeMap<>();
    private final SettlementBook book =
            new SettlementBook(entries, new FakeMap<>(), new SettlementProperties(Duration.ZERO, Duration.ZERO, 1000));
    private final MockMvc mvc = MockMvcBuilders.standaloneSetup(new SettlementController(book))
            .setControllerAdvice(new ClusterProblems())
            .build();

    @BeforeEach
    void thirtySettlements() {
        for (long number = 1; number <= 30; number++) {
            book.record(new Settlement(number, 2, 7, Instant.EPOCH));
            book.advanceTo(number);
        }
    }

    @Test
    void answersTheLastOnes() throws Exception {
        mvc.perform(get("/settlements"))
                .andExpect(jsonPath("$.last").value(30))
                .andExpect(jsonPath("$.settlements.length()").value(20))
                .andExpect(jsonPath("$.settlements[0].number").value(11))
                .andExpect(jsonPath("$.settlements[19].number").value(30))
                .andExpect(jsonPath("$.settlements[19].pid").value(2))
                .andExpect(jsonPath("$.settlements[19].token").value(7));
    }

    @Test
    void answersThoseFromANumberOn() throws Exception {
        mvc.perform(get("/settlements?from=5&limit=3"))
                .andExpect(jsonPath("$.settlements.length()").value(3))
                .andExpect(jsonPath("$.settlements[0].number").value(5));
        mvc.perform(get("/settlements?from=31"))
                .andExpect(jsonPath("$.settlements.length()").value(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"from=0", "from=x", "limit=0", "limit=1001"})
    void refusesWhatIsOutOfRange(String query) throws Exception {
        mvc.perform(get("/settlements?" + query)).andExpect(status().isBadRequest());
    }

    @Test
    void answersNothingWithoutALeader() throws Exception {
        entries.failWith(new AppendException(AppendException.Outcome.NO_LEADER, "none"));

        mvc.perform(get("/settlements"))
                .andExpect(status().isServiceUnavailable())
                .andExpect(header().exists("Retry-After"));
    }
}
