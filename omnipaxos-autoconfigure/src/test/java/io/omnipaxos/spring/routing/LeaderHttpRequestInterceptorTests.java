package io.omnipaxos.spring.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.FakeLeadership;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;

class LeaderHttpRequestInterceptorTests {

    private final FakeLeadership leadership = new FakeLeadership();
    private final Map<Long, URI> urls =
            Map.of(1L, URI.create("http://one:81/app"), 2L, URI.create("https://two.example/"));
    private final RestClient.Builder builder = RestClient.builder()
            .requestInterceptor(new LeaderHttpRequestInterceptor(new LeaderAddress(1, leadership, urls::get)));
    private final MockRestServiceServer server =
            MockRestServiceServer.bindTo(builder).build();
    private final RestClient client = builder.build();

    @Test
    void callsWhoeverLeadsByThen() {
        server.expect(requestTo("https://two.example/orders/7%2F8?a=%26&b=c+d"))
                .andRespond(withSuccess("two", MediaType.TEXT_PLAIN));
        server.expect(requestTo("http://one:81/app/orders/7%2F8?a=%26&b=c+d"))
                .andRespond(withSuccess("one", MediaType.TEXT_PLAIN));

        leadership.follow(2);
        assertThat(call("http://leader/orders/7%2F8?a=%26&b=c+d")).isEqualTo("two");
        leadership.lead(42);
        assertThat(call("http://LEADER:8080/orders/7%2F8?a=%26&b=c+d")).isEqualTo("one");
        server.verify();
    }

    @Test
    void leavesOtherHostsAlone() {
        server.expect(requestTo("http://leader.example/orders")).andRespond(withSuccess("other", MediaType.TEXT_PLAIN));

        assertThat(call("http://leader.example/orders")).isEqualTo("other");
    }

    @Test
    void callsNobodyWithoutALeader() {
        leadership.withoutLeader();
        assertRefused("no leader is known");

        leadership.follow(1);
        assertRefused("no leader is known");

        leadership.follow(9);
        assertRefused("set omnipaxos.advertised-url on that node");
    }

    private void assertRefused(String words) {
        assertThatExceptionOfType(NotLeaderException.class)
                .isThrownBy(() -> call("http://leader/orders"))
                .withMessageContaining(words);
    }

    private String call(String uri) {
        return client.get().uri(URI.create(uri)).retrieve().body(String.class);
    }
}
