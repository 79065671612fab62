package io.omnipaxos.spring.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.Committed;
import io.omnipaxos.spring.observation.OmniPaxosObservation.AppendHighKeys;
import io.omnipaxos.spring.observation.OmniPaxosObservation.AppendLowKeys;
import java.util.Locale;

/** Names and tags of {@link OmniPaxosObservation#APPEND}. A bean of this type replaces what it overrides. */
public interface AppendObservationConvention extends ObservationConvention<AppendContext> {

    @Override
    default String getName() {
        return "omnipaxos.append";
    }

    @Override
    default String getContextualName(AppendContext context) {
        return "omnipaxos append";
    }

    @Override
    default KeyValues getLowCardinalityKeyValues(AppendContext context) {
        return KeyValues.of(AppendLowKeys.OUTCOME.withValue(outcome(context)));
    }

    @Override
    default KeyValues getHighCardinalityKeyValues(AppendContext context) {
        Committed committed = context.committed();
        String index = committed == null ? KeyValue.NONE_VALUE : String.valueOf(committed.index());
        return KeyValues.of(
                AppendHighKeys.BYTES.withValue(String.valueOf(context.bytes())), AppendHighKeys.INDEX.withValue(index));
    }

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof AppendContext;
    }

    private static String outcome(AppendContext context) {
        Throwable error = context.getError();
        if (error instanceof AppendException failed) {
            return failed.outcome().name().toLowerCase(Locale.ROOT);
        }
        if (error instanceof NotLeaderException) {
            return "rejected";
        }
        if (error != null) {
            return "unknown";
        }
        return context.committed() == null ? KeyValue.NONE_VALUE : "committed";
    }
}
