package io.omnipaxos.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.omnipaxos.node.Committed;
import io.omnipaxos.node.NodeObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes an observation of each activity. The only source of their timers, so that nothing is counted twice. */
public final class ObservedActivities implements Activities, NodeObserver {

    private static final AppendObservationConvention APPEND = new AppendObservationConvention() {};
    private static final CallbackObservationConvention CALLBACK = new CallbackObservationConvention() {};
    private static final HandoverObservationConvention HANDOVER = new HandoverObservationConvention() {};

    private final ObservationRegistry registry;
    private final @Nullable AppendObservationConvention append;
    private final @Nullable CallbackObservationConvention callback;
    private final @Nullable HandoverObservationConvention handover;

    /** Each convention may be null; then that of the registry counts, if it has one, else the default. */
    public ObservedActivities(
            ObservationRegistry registry,
            @Nullable AppendObservationConvention append,
            @Nullable CallbackObservationConvention callback,
            @Nullable HandoverObservationConvention handover) {
        this.registry = registry;
        this.append = append;
        this.callback = callback;
        this.handover = handover;
    }

    @Override
    public CompletableFuture<Committed> append(int bytes, Supplier<CompletableFuture<Committed>> appending) {
        AppendContext context = new AppendContext(bytes);
        Observation observation = OmniPaxosObservation.APPEND.start(append, APPEND, () -> context, registry);
        CompletableFuture<Committed> answer;
        try {
            answer = appending.get();
        } catch (RuntimeException | Error refused) {
            observation.error(refused);
            observation.stop();
            throw refused;
        }
        CompletableFuture<Committed> unused = answer.whenComplete((committed, failure) -> {
            if (failure == null) {
                context.committed(committed);
            } else {
                observation.error(failure);
            }
            observation.stop();
        });
        return answer;
    }

    @Override
    @SuppressWarnings("try")
    public void callback(String kind, String method, Work work) throws Throwable {
        CallbackContext context = new CallbackContext(kind, method);
        Observation observation = OmniPaxosObservation.CALLBACK.start(callback, CALLBACK, () -> context, registry);
        try (Observation.Scope scope = observation.openScope()) {
            work.run();
            context.returned();
        } catch (Throwable thrown) {
            observation.error(thrown);
            throw thrown;
        } finally {
            observation.stop();
        }
    }

    @Override
    public void handover(long successor, String reason, CompletionStage<Boolean> over) {
        HandoverContext context = new HandoverContext(successor, reason);
        Observation observation = OmniPaxosObservation.HANDOVER.start(handover, HANDOVER, () -> context, registry);
        CompletionStage<Boolean> unused = over.whenComplete((inTime, failure) -> {
            context.over(Boolean.TRUE.equals(inTime));
            observation.stop();
        });
    }
}
