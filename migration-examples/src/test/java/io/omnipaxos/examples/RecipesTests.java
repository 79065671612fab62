package io.omnipaxos.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.content;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.header;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.method;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withServerError;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.leadership.Tenure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.http.HttpMethod;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.endpoint.EventDrivenConsumer;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.test.web.client.ResponseActions;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Docs: recipes. */
class RecipesTests {

    private final Path directory =
            Path.of("target", "storage", UUID.randomUUID().toString());

    @Test
    void aNightlyRunThatWasMissedIsMadeUpForByTheNextLeaderAndOnlyOnce() {
        List<Long> tokens = new ArrayList<>();
        SetClock clock = new SetClock("2026-03-01T12:00:00Z");
        try (ExampleNode first = reporting(clock, tokens)) {
            first.get(NightlyReport.class).runIfDue();
            assertThat(tokens).as("on the day of the first release").isEmpty();
        }

        clock.set("2026-03-04T09:30:00Z"); // nobody led at three o'clock, three nights long
        try (ExampleNode second = reporting(clock, tokens)) {
            second.get(NightlyReport.class).runIfDue();
            second.get(NightlyReport.class).runIfDue();
            assertThat(tokens).hasSize(1);
        }

        clock.set("2026-03-05T02:59:59Z");
        try (ExampleNode third = reporting(clock, tokens)) {
            third.get(NightlyReport.class).runIfDue();
            assertThat(tokens).hasSize(1);

            clock.set("2026-03-05T03:00:00Z");
            third.get(NightlyReport.class).runIfDue();
            assertThat(tokens).hasSize(2).isSorted();
        }
    }

    @Test
    void aNightlyRunThatFailedIsTriedAgain() {
        AtomicInteger attempts = new AtomicInteger();
        SetClock clock = new SetClock("2026-03-01T12:00:00Z");
        LongConsumer failsOnce = token -> {
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("no room for the report");
            }
        };
        try (ExampleNode node = reporting(clock, failsOnce)) {
            NightlyReport report = node.get(NightlyReport.class);
            report.runIfDue();
            clock.set("2026-03-02T03:00:00Z");

            assertThatThrownBy(report::runIfDue).hasMessage("no room for the report");
            report.runIfDue();
            report.runIfDue();

            assertThat(attempts).hasValue(2);
        }
    }

    private ExampleNode reporting(Clock clock, List<Long> tokens) {
        return reporting(clock, (LongConsumer) tokens::add);
    }

    private ExampleNode reporting(Clock clock, LongConsumer report) {
        return ExampleNode.leadingFrom(
                directory,
                context -> {
                    context.registerBean(Clock.class, () -> clock);
                    context.registerBean(LongConsumer.class, () -> report);
                },
                NightlyReport.class);
    }

    @Test
    void theProcessStaysInAPlannedChange() {
        List<Integer> exits = new ArrayList<>();
        ExampleNode.leading(
                        context -> context.registerBean(ExitOnLostLease.class, () -> new ExitOnLostLease(exits::add)))
                .close();

        assertThat(exits).isEmpty();
    }

    @Test
    void theProcessEndsWhenTheLeaseIsLost() {
        List<Integer> exits = new ArrayList<>();
        Leadership leadership = mock(Leadership.class);
        when(leadership.holdsLease(7)).thenReturn(false);

        new ExitOnLostLease(exits::add).revoked(leadership, new Tenure(new Ballot(1, 1, 0, 1), 7));

        assertThat(exits).containsExactly(1);
    }

    @Test
    void messagesAreTakenOnTheLeaderAlone() {
        DirectChannel channel = new DirectChannel();
        List<String> stored = new ArrayList<>();
        ExampleNode node = ExampleNode.leading(
                context -> {
                    context.registerBean(BiConsumer.class, () -> (order, token) -> stored.add(order + " " + token));
                    context.registerBean("orders", EventDrivenConsumer.class, () -> {
                        OrderHandler handler = context.getBean(OrderHandler.class);
                        EventDrivenConsumer consumer = new EventDrivenConsumer(
                                channel, message -> handler.handle((String) message.getPayload()));
                        consumer.setAutoStartup(false);
                        return consumer;
                    });
                },
                OrderHandler.class,
                OrdersOnLeader.class);
        try (node) {
            channel.send(new GenericMessage<>("first"));

            assertThat(stored).hasSize(1);
            assertThat(stored.get(0)).matches("first [1-9][0-9]*");
        }

        assertThat(channel.getSubscriberCount()).isZero();
    }

    @Test
    void aMessageThatComesToANodeWhichLeadsNoMoreIsRefused() {
        List<String> stored = new ArrayList<>();
        try (ExampleNode follower = ExampleNode.neverLeading(
                context -> context.registerBean(BiConsumer.class, () -> (order, token) -> stored.add("" + order)),
                OrderHandler.class)) {
            OrderHandler handler = follower.get(OrderHandler.class);

            assertThatThrownBy(() -> handler.handle("late")).isInstanceOf(NotLeaderException.class);
            assertThat(stored).isEmpty();
        }
    }

    @Test
    void theLabelFollowsTheLeaseAndIsWrittenAgainAfterAFailure(@TempDir Path secrets) throws IOException {
        Leadership leadership = mock(Leadership.class);
        SslBundles bundles = new DefaultSslBundleRegistry("kubernetes", SslBundle.systemDefault());
        Path token = Files.writeString(secrets.resolve("token"), "of this pod\n");
        RestClient.Builder builder =
                new KubernetesClientConfiguration().kubernetes(bundles, token).mutate();
        MockRestServiceServer server = MockRestServiceServer.bindTo(builder).build();
        expectLabel(server, "false").andRespond(withSuccess());
        expectLabel(server, "true").andRespond(withServerError());
        expectLabel(server, "true").andRespond(withSuccess());
        LeaderLabel label = new LeaderLabel(leadership, builder.build(), "shop", "app-0");

        label.label();
        when(leadership.isLeader()).thenReturn(true);
        assertThatThrownBy(label::label).isInstanceOf(RestClientException.class);
        label.label();
        label.label();

        server.verify();
    }

    private static ResponseActions expectLabel(MockRestServiceServer server, String value) {
        return server.expect(requestTo("https://kubernetes.default.svc/api/v1/namespaces/shop/pods/app-0"))
                .andExpect(method(HttpMethod.PATCH))
                .andExpect(header("Authorization", "Bearer of this pod"))
                .andExpect(content().contentType("application/merge-patch+json"))
                .andExpect(content().json("{\"metadata\":{\"labels\":{\"leader\":\"" + value + "\"}}}"));
    }

    /** Shows what it is set to. */
    private static final class SetClock extends Clock {

        private volatile Instant now;

        SetClock(String now) {
            this.now = Instant.parse(now);
        }

        void set(String instant) {
            now = Instant.parse(instant);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
