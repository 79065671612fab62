package io.omnipaxos.spring.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Reads the bodies of requests: never more than is allowed, and for no longer, however slowly they come.
 *
 * <p>A body has to be read whole before its signature can be checked. So that strangers cannot fill the memory with
 * bodies that they never finish, memory is given only for what has arrived, and only few of them may send more than a
 * little at once. A little is all that a peer needs in order to become known. Safe for use by any thread.
 */
final class BodyReader {

    /** More than a peer's first request, which carries no messages. */
    static final int SMALL = 4096;

    static final int LARGE_OF_STRANGERS = 8;

    private static final int FIRST_BUFFER = 16 * 1024;

    private final HttpTransportSettings settings;
    private final LongSupplier nanoTime;
    private final Semaphore strangers = new Semaphore(LARGE_OF_STRANGERS);

    BodyReader(HttpTransportSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /** Begins to read nothing yet. To be closed once it is known whose body it is. */
    Reading of(PeerRequest request, Sender sender) {
        return new Reading(request, sender);
    }

    /** Who sends a body, as far as can be told before it is read. */
    enum Sender {
        /** Very likely a peer. */
        KNOWN,
        /** May be a peer that begins to talk. */
        STRANGER,
        /** May still be one, but others at its address were refused too often. */
        SUSPECT
    }

    /** One body. Used by one thread. */
    final class Reading implements AutoCloseable {

        private final PeerRequest request;
        private final Sender sender;
        private boolean holdsPermit;

        private Reading(PeerRequest request, Sender sender) {
            this.request = request;
            this.sender = sender;
        }

        /**
         * Reads it all.
         *
         * @throws RefusedException if it is too large, or comes too slowly
         * @throws IOException if it breaks off
         */
        byte[] read() throws RefusedException, IOException {
            long started = nanoTime.getAsLong();
            checkSize(request.contentLength());
            long announced = sender == Sender.KNOWN ? request.contentLength() : 0;
            ByteArrayOutputStream body = new ByteArrayOutputStream((int) Math.max(FIRST_BUFFER, announced));
            byte[] buffer = new byte[FIRST_BUFFER];
            InputStream from = request.body();
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                checkSize((long) body.size() + read);
                body.write(buffer, 0, read);
                if (nanoTime.getAsLong() - started > settings.requestTimeout().toNanos()) {
                    throw new RefusedException(Problem.tooSlow(), "");
                }
            }
            return body.toByteArray();
        }

        @Override
        public void close() {
            if (holdsPermit) {
                strangers.release();
                holdsPermit = false;
            }
        }

        private void checkSize(long size) throws RefusedException {
            if (size > settings.maxMessageBytes()) {
                throw tooLarge();
            }
            if (size <= SMALL || sender == Sender.KNOWN || holdsPermit) {
                return;
            }
            if (sender == Sender.SUSPECT) {
                throw new RefusedException(
                        Problem.TOO_MANY_REQUESTS,
                        Problem.TOO_MANY_TITLE,
                        "too many requests from this address were refused, so large ones are not read");
            }
            holdsPermit = strangers.tryAcquire();
            if (!holdsPermit) {
                throw new RefusedException(
                        503,
                        "Service Unavailable",
                        "too many senders that are not known yet send large bodies at once");
            }
        }

        private RefusedException tooLarge() {
            return new RefusedException(
                    413,
                    "Content Too Large",
                    "a body has at most " + settings.maxMessageBytes() + " bytes; compare transport.max-message-size");
        }
    }
}
