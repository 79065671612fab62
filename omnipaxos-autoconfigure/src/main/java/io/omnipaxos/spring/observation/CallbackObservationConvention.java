package io.omnipaxos.spring.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.omnipaxos.spring.observation.OmniPaxosObservation.CallbackHighKeys;
import io.omnipaxos.spring.observation.OmniPaxosObservation.CallbackLowKeys;

/** Names and tags of {@link OmniPaxosObservation#CALLBACK}. A bean of this type replaces what it overrides. */
public interface CallbackObservationConvention extends ObservationConvention<CallbackContext> {

    @Override
    default String getName() {
        return "omnipaxos.callback";
    }

    @Override
    default String getContextualName(CallbackContext context) {
        return "omnipaxos " + context.kind();
    }

    @Override
    default KeyValues getLowCardinalityKeyValues(CallbackContext context) {
        return KeyValues.of(
                CallbackLowKeys.CALLBACK.withValue(context.kind()),
                CallbackLowKeys.OUTCOME.withValue(outcome(context)));
    }

    @Override
    default KeyValues getHighCardinalityKeyValues(CallbackContext context) {
        return KeyValues.of(CallbackHighKeys.METHOD.withValue(context.method()));
    }

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof CallbackContext;
    }

    private static String outcome(CallbackContext context) {
        if (context.getError() != null) {
            return "failure";
        }
        return context.hasReturned() ? "success" : KeyValue.NONE_VALUE;
    }
}
