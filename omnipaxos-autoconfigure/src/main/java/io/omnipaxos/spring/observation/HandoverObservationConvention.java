package io.omnipaxos.spring.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.omnipaxos.spring.observation.OmniPaxosObservation.HandoverHighKeys;
import io.omnipaxos.spring.observation.OmniPaxosObservation.HandoverLowKeys;

/** Names and tags of {@link OmniPaxosObservation#HANDOVER}. A bean of this type replaces what it overrides. */
public interface HandoverObservationConvention extends ObservationConvention<HandoverContext> {

    @Override
    default String getName() {
        return "omnipaxos.handover";
    }

    @Override
    default String getContextualName(HandoverContext context) {
        return "omnipaxos handover";
    }

    @Override
    default KeyValues getLowCardinalityKeyValues(HandoverContext context) {
        return KeyValues.of(HandoverLowKeys.OUTCOME.withValue(outcome(context)));
    }

    @Override
    default KeyValues getHighCardinalityKeyValues(HandoverContext context) {
        String successor = context.successor() == 0 ? KeyValue.NONE_VALUE : String.valueOf(context.successor());
        return KeyValues.of(
                HandoverHighKeys.SUCCESSOR.withValue(successor), HandoverHighKeys.REASON.withValue(context.reason()));
    }

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof HandoverContext;
    }

    private static String outcome(HandoverContext context) {
        Boolean inTime = context.inTime();
        if (inTime == null) {
            return KeyValue.NONE_VALUE;
        }
        return inTime ? "in_time" : "late";
    }
}
