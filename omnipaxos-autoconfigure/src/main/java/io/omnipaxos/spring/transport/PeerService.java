package io.omnipaxos.spring.transport;

import org.jspecify.annotations.Nullable;

/** What a node serves to others, each under a path of its own. */
enum PeerService {

    /** Takes a batch of messages, and answers with what waits for the sender. */
    MESSAGES("/messages"),

    /** Tells who the members are, to a node that is to join them. */
    MEMBERS("/members");

    private final String name;

    PeerService(String name) {
        this.name = name;
    }

    /**
     * Where it is, below the context path.
     *
     * @param path that of the settings
     */
    String under(String path) {
        return path + name;
    }

    /**
     * What is at the path of a request.
     *
     * @param path that of the settings
     * @param requested without the context path
     * @return null if there is nothing
     */
    static @Nullable PeerService at(String path, String requested) {
        for (PeerService service : values()) {
            if (service.under(path).equals(requested)) {
                return service;
            }
        }
        return null;
    }
}
