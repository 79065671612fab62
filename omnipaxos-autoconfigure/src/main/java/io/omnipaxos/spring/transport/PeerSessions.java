package io.omnipaxos.spring.transport;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Refuses replayed requests, without a clock and without anything durable.
 *
 * <p>For each start (boot) of a peer this node opens a session with a random name and asks for it back: a request
 * counts only if it names the session that is current here. So a request recorded before this node was started, or
 * before the peer was started anew, never counts again, however long ago that was; within a session its counter does
 * not come twice. A boot that was replaced by a newer one is refused a new session, which also shows that two processes
 * run under one pid. Only the newest replaced boots are remembered; a forgotten one still cannot replay anything.
 *
 * <p>Only signed requests may be shown to it. The nodes that were heard longest ago are forgotten when there are too
 * many: like everybody after a restart they get a new session, in which nothing old counts. Safe for use by any thread.
 */
final class PeerSessions {

    static final int REMEMBERED_NODES = 256;

    private static final int REMEMBERED_BOOTS = 32;
    private static final float LOAD_FACTOR = 0.75f;

    private final SecureRandom random = new SecureRandom();

    /** The one heard longest ago first. */
    private final Map<Long, Peer> peers = new LinkedHashMap<>(REMEMBERED_NODES, LOAD_FACTOR, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Peer> eldest) {
            return size() > REMEMBERED_NODES;
        }
    };

    /** What becomes of a request. */
    sealed interface Verdict {

        /** It is new. */
        record Admitted() implements Verdict {}

        /** It shall be sent again in this session. */
        record Reopen(String session) implements Verdict {}

        /** It is refused for good. */
        record Refused(String reason) implements Verdict {}
    }

    synchronized Verdict check(RequestIdentity identity) {
        Peer peer = peers.computeIfAbsent(identity.sender(), unseen -> new Peer());
        if (peer.replaced.contains(identity.boot())) {
            return new Verdict.Refused("a newer process has taken the place of this one; is pid " + identity.sender()
                    + " used by two processes?");
        }
        if (peer.current != null && peer.current.boot.equals(identity.boot())) {
            return check(peer.current, identity);
        }
        if (peer.opening == null || !peer.opening.boot.equals(identity.boot())) {
            peer.opening = new Session(identity.boot(), newName());
        }
        Verdict verdict = check(peer.opening, identity);
        if (verdict instanceof Verdict.Admitted) {
            peer.replaceCurrent();
        }
        return verdict;
    }

    /**
     * Whether a request names the session of its sender, whose name only that one was told. Says nothing of its
     * signature, so it proves nothing where others can listen.
     */
    synchronized boolean isNamed(RequestIdentity identity) {
        for (Map.Entry<Long, Peer> entry : peers.entrySet()) {
            // Not get(), which would count as having been heard.
            if (entry.getKey() == identity.sender()) {
                return isNamed(entry.getValue().current, identity) || isNamed(entry.getValue().opening, identity);
            }
        }
        return false;
    }

    private static boolean isNamed(@Nullable Session session, RequestIdentity identity) {
        return session != null
                && session.boot.equals(identity.boot())
                && MessageDigest.isEqual(
                        session.name.getBytes(StandardCharsets.US_ASCII),
                        identity.session().getBytes(StandardCharsets.US_ASCII));
    }

    private static Verdict check(Session session, RequestIdentity identity) {
        if (!session.name.equals(identity.session())) {
            return new Verdict.Reopen(session.name);
        }
        return session.window.admit(identity.counter())
                ? new Verdict.Admitted()
                : new Verdict.Refused("the request was received before, or was overtaken by too many others");
    }

    private String newName() {
        byte[] name = new byte[16];
        random.nextBytes(name);
        return HexFormat.of().formatHex(name);
    }

    private static final class Peer {
        private @Nullable Session current;
        private @Nullable Session opening;
        private final Deque<String> replaced = new ArrayDeque<>();

        private void replaceCurrent() {
            if (current != null) {
                replaced.addLast(current.boot);
            }
            if (replaced.size() > REMEMBERED_BOOTS) {
                replaced.removeFirst();
            }
            current = opening;
            opening = null;
        }
    }

    private static final class Session {
        private final String boot;
        private final String name;
        private final ReplayWindow window = new ReplayWindow();

        private Session(String boot, String name) {
            this.boot = boot;
            this.name = name;
        }
    }
}
