package io.omnipaxos.spring.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;

/** What is observed, under which names. */
public enum OmniPaxosObservation implements ObservationDocumentation {

    /** An append to the replicated log made on this node, from the call until its outcome is known here. */
    APPEND {
        @Override
        public Class<AppendObservationConvention> getDefaultConvention() {
            return AppendObservationConvention.class;
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return AppendLowKeys.values();
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return AppendHighKeys.values();
        }
    },

    /** One call of a method with {@code @OnLeaderElected}, {@code @OnLeaderRevoked} or {@code @OnLeaderChanged}. */
    CALLBACK {
        @Override
        public Class<CallbackObservationConvention> getDefaultConvention() {
            return CallbackObservationConvention.class;
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return CallbackLowKeys.values();
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return CallbackHighKeys.values();
        }
    },

    /**
     * A planned change of leader, on the node that gives leadership up, from the moment that nothing new is admitted
     * until it leads no more.
     */
    HANDOVER {
        @Override
        public Class<HandoverObservationConvention> getDefaultConvention() {
            return HandoverObservationConvention.class;
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return HandoverLowKeys.values();
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return HandoverHighKeys.values();
        }
    };

    @Override
    public String getPrefix() {
        return "omnipaxos";
    }

    /** Of an append, in metrics and traces. */
    public enum AppendLowKeys implements KeyName {
        /**
         * committed; no_leader, overloaded, too_large, stale_token or unknown as of
         * {@link io.omnipaxos.node.AppendException.Outcome}; rejected if it was made in leader-only work that was over;
         * none while it runs.
         */
        OUTCOME {
            @Override
            public String asString() {
                return "outcome";
            }
        }
    }

    /** Of an append, in traces. */
    public enum AppendHighKeys implements KeyName {
        /** The length of the command. */
        BYTES {
            @Override
            public String asString() {
                return "bytes";
            }
        },
        /** Where it stands in the log; none unless it was committed. */
        INDEX {
            @Override
            public String asString() {
                return "index";
            }
        }
    }

    /** Of a callback, in metrics and traces. */
    public enum CallbackLowKeys implements KeyName {
        /** elected, revoked or changed. */
        CALLBACK {
            @Override
            public String asString() {
                return "callback";
            }
        },
        /** success, or failure if it threw; none while it runs. */
        OUTCOME {
            @Override
            public String asString() {
                return "outcome";
            }
        }
    }

    /** Of a callback, in traces. */
    public enum CallbackHighKeys implements KeyName {
        /** Class and name of the method. */
        METHOD {
            @Override
            public String asString() {
                return "method";
            }
        }
    }

    /** Of a handover, in metrics and traces. */
    public enum HandoverLowKeys implements KeyName {
        /** in_time, or late if work or callbacks did not end within their time; none while it runs. */
        OUTCOME {
            @Override
            public String asString() {
                return "outcome";
            }
        }
    }

    /** Of a handover, in traces. */
    public enum HandoverHighKeys implements KeyName {
        /** The pid of the node that is asked to take over; none if nobody is. */
        SUCCESSOR {
            @Override
            public String asString() {
                return "successor";
            }
        },
        /** Why, in words. */
        REASON {
            @Override
            public String asString() {
                return "reason";
            }
        }
    }
}
