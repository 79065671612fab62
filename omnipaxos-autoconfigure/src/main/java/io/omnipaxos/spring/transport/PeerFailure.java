package io.omnipaxos.spring.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

/** Why a request to another node brought no answer that counts, in words for an operator. */
public final class PeerFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean peerAnswers;

    private PeerFailure(String words, boolean peerAnswers, @Nullable Throwable cause) {
        super(words, cause, false, false);
        this.peerAnswers = peerAnswers;
    }

    static PeerFailure unreachable(String words) {
        return new PeerFailure(words, false, null);
    }

    /** The peer is there and well, but wants nothing of this batch. */
    static PeerFailure batchRefused(String words) {
        return new PeerFailure(words, true, null);
    }

    /** Whether the next batch may well be taken. */
    boolean peerAnswers() {
        return peerAnswers;
    }

    String words() {
        return String.valueOf(getMessage());
    }

    static PeerFailure of(IOException failure, URI address) {
        return new PeerFailure(wordsFor(failure, address), false, failure);
    }

    private static String wordsFor(IOException failure, URI address) {
        if (failure instanceof ConnectTimeoutException) {
            return "no connection in time: " + address;
        }
        if (failure instanceof InterruptedIOException) {
            return "timed out: " + address;
        }
        if (failure instanceof LoopbackOnly.ElsewhereException) {
            return failure.getMessage() + ": " + address;
        }
        if (failure instanceof UnknownHostException) {
            return "unknown host: " + address;
        }
        if (failure instanceof NoRouteToHostException) {
            return "no route to host: " + address;
        }
        if (failure instanceof ConnectException) {
            return String.valueOf(failure.getMessage()).contains("refused")
                    ? "connection refused: " + address
                    : "no connection (" + failure.getMessage() + "): " + address;
        }
        if (failure instanceof SSLException) {
            return "TLS failed (" + failure.getMessage() + "): " + address;
        }
        if (failure instanceof NoHttpResponseException) {
            return "connection closed without an answer: " + address;
        }
        if (failure instanceof SocketException) {
            return "connection lost (" + failure.getMessage() + "): " + address;
        }
        return "no proper HTTP answer (" + failure.getMessage() + "): " + address;
    }
}
