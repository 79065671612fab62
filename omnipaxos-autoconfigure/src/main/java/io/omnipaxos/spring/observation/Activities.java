package io.omnipaxos.spring.observation;

import io.omnipaxos.node.Committed;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Surrounds what a node does for the application, so that it can be observed. */
public interface Activities {

    /** Nothing is observed. */
    Activities UNOBSERVED = new Activities() {};

    /** Something that may throw whatever the application throws. */
    @FunctionalInterface
    interface Work {
        void run() throws Throwable;
    }

    /**
     * An append, from its call to its answer.
     *
     * @param bytes the length of the command
     * @return what the append returns
     */
    default CompletableFuture<Committed> append(int bytes, Supplier<CompletableFuture<Committed>> append) {
        return append.get();
    }

    /**
     * One callback of the application.
     *
     * @param kind elected, revoked or changed
     * @param method in words
     * @throws Throwable what the callback throws
     */
    default void callback(String kind, String method, Work callback) throws Throwable {
        callback.run();
    }
}
