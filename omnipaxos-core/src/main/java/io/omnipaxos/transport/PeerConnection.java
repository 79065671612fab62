package io.omnipaxos.transport;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the connection to one peer.
 *
 * @param reachable whether the last attempt to reach it succeeded
 * @param lastContact time since it last answered or sent something, null if it never did
 * @param roundTrip of the last answered request, null if there was none
 * @param error why the last attempt failed, in words; null if it succeeded
 */
public record PeerConnection(
        boolean reachable,
        @Nullable Duration lastContact,
        @Nullable Duration roundTrip,
        @Nullable String error) {

    /** Nothing was tried yet. */
    public static final PeerConnection UNTRIED = new PeerConnection(false, null, null, null);
}
