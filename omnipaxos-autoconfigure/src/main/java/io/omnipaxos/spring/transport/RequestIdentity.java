package io.omnipaxos.spring.transport;

import org.jspecify.annotations.Nullable;

/**
 * Which request this is: what is signed besides the body, and what its answer is bound to.
 *
 * @param sender the sender's pid
 * @param receiver the pid of the node that the sender means to reach, {@link #ANYBODY} if it asks whoever is there
 * @param boot names this start of the sender's transport
 * @param counter rises with each request of that boot, from 1
 * @param session the session that the receiver opened for this boot, empty if the sender knows of none
 * @param lane the lane on which it travels
 * @param advertisedUrl where clients reach the sender, as it says; empty if it says nothing; not checked
 */
record RequestIdentity(
        long sender, long receiver, String boot, long counter, String session, Lane lane, String advertisedUrl) {

    /** Stands for the pid of a node whose pid is not known, as a node does not know it that is to join. */
    static final long ANYBODY = 0;

    /** Longer than every name made here, short enough to keep many. */
    private static final int MAX_NAME = 64;

    /**
     * Reads the headers of a request.
     *
     * @param addressed whether it is meant for one node alone, which it names
     * @return null if one is missing or not of the right form
     */
    static @Nullable RequestIdentity of(HeaderLookup headers, boolean addressed) {
        Long sender = positive(headers.get(PeerHeaders.SENDER));
        Long receiver = addressed ? positive(headers.get(PeerHeaders.RECEIVER)) : Long.valueOf(ANYBODY);
        Long counter = positive(headers.get(PeerHeaders.COUNTER));
        String boot = name(headers.get(PeerHeaders.BOOT));
        String session = headers.get(PeerHeaders.SESSION) == null ? "" : name(headers.get(PeerHeaders.SESSION));
        Lane lane = lane(headers.get(PeerHeaders.LANE));
        if (sender == null || receiver == null || counter == null || boot == null || session == null || lane == null) {
            return null;
        }
        String advertisedUrl = headers.get(PeerHeaders.ADVERTISED_URL);
        return new RequestIdentity(
                sender, receiver, boot, counter, session, lane, advertisedUrl == null ? "" : advertisedUrl);
    }

    private static @Nullable Long positive(@Nullable String text) {
        try {
            long number = text == null ? 0 : Long.parseLong(text);
            return number > 0 ? number : null;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    private static @Nullable String name(@Nullable String text) {
        boolean proper = text != null
                && !text.isEmpty()
                && text.length() <= MAX_NAME
                && text.chars().allMatch(c -> c > ' ' && c < 127);
        return proper ? text : null;
    }

    private static @Nullable Lane lane(@Nullable String text) {
        for (Lane lane : Lane.values()) {
            if (lane.wireName().equals(text)) {
                return lane;
            }
        }
        return null;
    }

    /** Reads a header by its name, in any case; null if it is not there. */
    interface HeaderLookup {
        @Nullable
        String get(String name);
    }
}
