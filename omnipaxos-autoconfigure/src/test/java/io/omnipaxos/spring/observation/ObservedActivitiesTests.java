package io.omnipaxos.spring.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.common.KeyValue;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.node.Committed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObservedActivitiesTests {

    private final List<Observation.Context> started = new ArrayList<>();
    private final List<Observation.Context> stopped = new ArrayList<>();
    private final ObservationRegistry registry = ObservationRegistry.create();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final ObservedActivities activities = new ObservedActivities(registry, null, null, null);

    @BeforeEach
    void record() {
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStart(Observation.Context context) {
                started.add(context);
            }

            @Override
            public void onStop(Observation.Context context) {
                stopped.add(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
    }

    @Test
    void anAppendIsObservedUntilItIsAnswered() {
        registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
        CompletableFuture<Committed> answer = new CompletableFuture<>();

        CompletableFuture<Committed> returned = activities.append(3, () -> answer);

        assertThat(returned).isSameAs(answer);
        assertThat(meters.get("omnipaxos.append.active").longTaskTimer().activeTasks())
                .isEqualTo(1);
        assertThat(meters.find("omnipaxos.append").timer()).isNull();

        answer.complete(new Committed(7, new byte[0]));

        assertThat(meters.get("omnipaxos.append.active").longTaskTimer().activeTasks())
                .isZero();
        assertThat(meters.get("omnipaxos.append")
                        .tags("outcome", "committed", "error", "none")
                        .timer())
                .extracting(Timer::count)
                .isEqualTo(1L);
        observed("omnipaxos.append", "bytes", "3", "index", "7", "outcome", "committed");
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void anAppendThatFailsHasItsOutcome(Outcome outcome) {
        activities.append(3, () -> CompletableFuture.failedFuture(new AppendException(outcome, "words")));

        observed(
                "omnipaxos.append",
                "bytes",
                "3",
                "index",
                "none",
                "outcome",
                outcome.name().toLowerCase(Locale.ROOT));
    }

    @Test
    void anAppendThatIsRefusedAtTheCallIsObservedAsWell() {
        NotLeaderException refusal = new NotLeaderException("over", null);

        assertThatExceptionOfType(NotLeaderException.class)
                .isThrownBy(() -> activities.append(3, () -> {
                    throw refusal;
                }))
                .isSameAs(refusal);

        observed("omnipaxos.append", "bytes", "3", "index", "none", "outcome", "rejected");
    }

    @Test
    void aCallbackIsObservedAndIsTheCurrentObservationMeanwhile() throws Throwable {
        activities.callback(
                "elected",
                "Work.warmUp()",
                () -> assertThat(registry.getCurrentObservation().getContext().getName())
                        .isEqualTo("omnipaxos.callback"));

        assertThat(registry.getCurrentObservation()).isNull();
        observed("omnipaxos.callback", "callback", "elected", "method", "Work.warmUp()", "outcome", "success");
    }

    @Test
    void aCallbackThatThrowsIsAFailureAndThrowsOn() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> activities.callback("revoked", "Work.stop()", () -> {
                    throw new IOException("no");
                }));

        observed("omnipaxos.callback", "callback", "revoked", "method", "Work.stop()", "outcome", "failure");
        assertThat(stopped.get(0).getError()).isInstanceOf(IOException.class);
    }

    @Test
    void aHandoverIsObservedUntilItIsOver() {
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        activities.handover(2, "handover to node 2", over);
        assertThat(started).hasSize(1);
        assertThat(stopped).isEmpty();

        over.complete(true);

        observed("omnipaxos.handover", "outcome", "in_time", "reason", "handover to node 2", "successor", "2");
    }

    @Test
    void aHandoverMayBeLateAndNameNobody() {
        activities.handover(0, "resigned", CompletableFuture.completedStage(false));

        observed("omnipaxos.handover", "outcome", "late", "reason", "resigned", "successor", "none");
    }

    @Test
    void conventionsOfTheApplicationCount() {
        HandoverObservationConvention renamed = new HandoverObservationConvention() {
            @Override
            public String getName() {
                return "lead.handover";
            }
        };
        CompletionStage<Boolean> over = CompletableFuture.completedStage(true);

        new ObservedActivities(registry, null, null, renamed).handover(0, "resigned", over);

        observed("lead.handover", "outcome", "in_time", "reason", "resigned", "successor", "none");
    }

    @Test
    void theDocumentationHasAllKeys() throws Throwable {
        activities.append(1, () -> CompletableFuture.completedFuture(new Committed(1, new byte[0])));
        documents(OmniPaxosObservation.APPEND);
        stopped.clear();
        activities.callback("changed", "Work.note()", () -> {});
        documents(OmniPaxosObservation.CALLBACK);
        stopped.clear();
        activities.handover(2, "why", CompletableFuture.completedStage(true));
        documents(OmniPaxosObservation.HANDOVER);
    }

    private void documents(OmniPaxosObservation documentation) {
        Observation.Context context = stopped.get(0);
        assertThat(keys(context.getLowCardinalityKeyValues()))
                .containsExactlyInAnyOrderElementsOf(names(documentation.getLowCardinalityKeyNames()));
        assertThat(keys(context.getHighCardinalityKeyValues()))
                .containsExactlyInAnyOrderElementsOf(names(documentation.getHighCardinalityKeyNames()));
        assertThat(context.getName()).startsWith(documentation.getPrefix() + ".");
    }

    private static List<String> keys(Iterable<KeyValue> values) {
        return StreamSupport.stream(values.spliterator(), false)
                .map(KeyValue::getKey)
                .toList();
    }

    private static List<String> names(KeyName[] names) {
        return Stream.of(names).map(KeyName::asString).toList();
    }

    /** One observation of this name is over, with exactly these keys and values. */
    private void observed(String name, String... keysAndValues) {
        assertThat(stopped).singleElement().satisfies(context -> {
            assertThat(context.getName()).isEqualTo(name);
            assertThat(context.getAllKeyValues().stream()
                            .flatMap(each -> Stream.of(each.getKey(), each.getValue()))
                            .toList())
                    .isEqualTo(Arrays.asList(keysAndValues));
        });
    }
}
