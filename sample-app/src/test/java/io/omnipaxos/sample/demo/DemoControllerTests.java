package io.omnipaxos.sample.demo;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

class DemoControllerTests {

    private final NodeProcess node =
            new NodeProcess(2, URI.create("http://127.0.0.1:1"), List.of("none"), Path.of("node.log"));
    private final MockMvc mvc = MockMvcBuilders.standaloneSetup(new DemoController(List.of(node), new NodeClient()))
            .build();

    @Test
    void aNodeThatDoesNotRunIsShownAsEnded() throws Exception {
        mvc.perform(get("/demo/cluster"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.nodes[0].pid").value(2))
                .andExpect(jsonPath("$.nodes[0].state").value("ENDED"))
                .andExpect(jsonPath("$.nodes[0].status").isEmpty())
                .andExpect(jsonPath("$.settlements").isEmpty());
    }

    @Test
    void whatItsStateDoesNotAllowIsAConflict() throws Exception {
        mvc.perform(post("/demo/nodes/2/kill"))
                .andExpect(status().isConflict())
                .andExpect(jsonPath("$.detail").value("node 2 does not run"));
    }

    @Test
    void anUnknownNodeOrActionIsNotFound() throws Exception {
        mvc.perform(post("/demo/nodes/9/kill")).andExpect(status().isNotFound());
        mvc.perform(post("/demo/nodes/2/explode")).andExpect(status().isNotFound());
    }
}
