package io.omnipaxos.spring.state;

/** A listener that is being told. Safe for use by any thread. */
public interface MapWatch extends AutoCloseable {

    /** Begins no more calls to the listener; one may be running still. Called again it does nothing. */
    @Override
    void close();
}
