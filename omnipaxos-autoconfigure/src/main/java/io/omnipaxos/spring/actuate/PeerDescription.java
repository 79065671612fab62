package io.omnipaxos.spring.actuate;

import io.omnipaxos.node.NodeStatus.PeerStatus;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A peer as the endpoint shows it.
 *
 * @param url where this node reaches it, null while it is not known
 * @param lastContact time since it was last heard, in ISO 8601; null if never
 * @param roundTrip of the last answered request, in ISO 8601; null if none
 * @param leader the ballot that it last said to follow
 */
@Description
public record PeerDescription(
        long pid,
        @Nullable String url,
        boolean reachable,
        @Nullable String lastContact,
        @Nullable String roundTrip,
        @Nullable Boolean happy,
        @Nullable BallotDescription leader,
        @Nullable String error) {

    static PeerDescription of(PeerStatus peer, @Nullable URI url) {
        return new PeerDescription(
                peer.pid(),
                url == null ? null : url.toString(),
                peer.reachable(),
                NodeDescription.text(peer.lastContact()),
                NodeDescription.text(peer.roundTrip()),
                peer.happy(),
                BallotDescription.of(peer.leader()),
                peer.error());
    }
}
