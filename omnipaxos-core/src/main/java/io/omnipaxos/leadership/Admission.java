package io.omnipaxos.leadership;

/** Permission for one piece of leader-only work. */
public interface Admission extends AutoCloseable {

    /** The token of this admission, positive; a resource that was written with a higher one must refuse it. */
    long fencingToken();

    /**
     * Binds this admission to the calling thread, so that {@link Leadership#fencingToken()} answers there, until the
     * scope is closed by the same thread.
     */
    Scope bind();

    /** The work is over. May be called by any thread, and again without effect. */
    @Override
    void close();

    /** A part of one thread's work that belongs to an admission. */
    interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
