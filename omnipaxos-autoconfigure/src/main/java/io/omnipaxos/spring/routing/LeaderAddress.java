package io.omnipaxos.spring.routing;

import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.node.AdvertisedUrls;
import java.net.URI;

/** Where clients reach the leader that this node knows of. Safe for use by any thread. */
public final class LeaderAddress {

    private final long ownPid;
    private final Leadership leadership;
    private final AdvertisedUrls urls;

    /**
     * Asks for nothing yet.
     *
     * @param ownPid this node
     */
    public LeaderAddress(long ownPid, Leadership leadership, AdvertisedUrls urls) {
        this.ownPid = ownPid;
        this.leadership = leadership;
        this.urls = urls;
    }

    /** A leader and its base URL, as ASCII and without a slash at its end. */
    record Located(Leader leader, String base) {

        /** The URL of something on the leader; the path is empty or begins with a slash. */
        URI resolve(String path) {
            return URI.create(base + path);
        }
    }

    long ownPid() {
        return ownPid;
    }

    /** Whether this node may do the work itself. */
    boolean isHere() {
        return leadership.isLeader();
    }

    /**
     * Where another node leads.
     *
     * @throws NotLeaderException if none is known, as far as this node knows it is itself, or its URL is unknown
     */
    Located elsewhere() {
        Leader leader = leadership.leader().orElseThrow(LeaderAddress::unknown);
        if (leader.pid() == ownPid) {
            // Its lease has just begun or ended: a request must not come back here.
            throw new NotLeaderException("this node is about to lead, or leads no more", null);
        }
        return locate(leader);
    }

    /**
     * Where the leader is, which may be this node.
     *
     * @throws NotLeaderException if none is known, or its URL is unknown
     */
    Located anywhere() {
        Leader leader = leadership
                .leader()
                .filter(known -> known.pid() != ownPid || leadership.isLeader())
                .orElseThrow(LeaderAddress::unknown);
        return locate(leader);
    }

    private Located locate(Leader leader) {
        URI url = urls.of(leader.pid());
        if (url == null) {
            throw new NotLeaderException(
                    "node " + leader.pid() + " leads, but where clients reach it is not known here; set"
                            + " omnipaxos.advertised-url on that node",
                    leader);
        }
        String base = url.toASCIIString();
        return new Located(leader, base.endsWith("/") ? base.substring(0, base.length() - 1) : base);
    }

    private static NotLeaderException unknown() {
        return new NotLeaderException("no leader is known at present; try again in a moment", null);
    }
}
