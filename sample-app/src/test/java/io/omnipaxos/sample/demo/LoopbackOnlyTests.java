package io.omnipaxos.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.mvc.annotation.ResponseStatusExceptionResolver;

class LoopbackOnlyTests {

    private final MockHttpServletRequest request = new MockHttpServletRequest("POST", "/demo/nodes/1/kill");

    LoopbackOnlyTests() {
        request.setRemoteAddr("127.0.0.1");
        request.setServerName("localhost");
        request.setServerPort(8080);
    }

    @Test
    void aClientOnThisMachineIsServed() throws Exception {
        assertThat(answer()).isEqualTo(200);
    }

    @Test
    void anotherMachineIsRefused() throws Exception {
        request.setRemoteAddr("192.0.2.1");

        assertThat(answer()).isEqualTo(403);
    }

    @Test
    void aForeignNameIsRefused() throws Exception {
        request.setServerName("rebound.example.org");

        assertThat(answer()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, 200",
        "http://127.0.0.1:8080, 200",
        "http://localhost:8081, 403",
        "https://example.org, 403",
        "null, 403"
    })
    void onlyItsOwnPageMayAct(String origin, int status) throws Exception {
        request.addHeader("Origin", origin);

        assertThat(answer()).isEqualTo(status);
    }

    private int answer() throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();
        new LoopbackOnly(new ResponseStatusExceptionResolver()).doFilter(request, response, new MockFilterChain());
        return response.getStatus();
    }
}
