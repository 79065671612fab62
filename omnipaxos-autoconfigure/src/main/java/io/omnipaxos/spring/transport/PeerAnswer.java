package io.omnipaxos.spring.transport;

import java.util.Map;

/**
 * The answer to a {@link PeerRequest}.
 *
 * @param status the HTTP status
 * @param headers besides Content-Length, with Content-Type
 * @param body may be empty
 * @param bodyWasRead whether the request was read to its end, so that the connection can serve another one
 */
record PeerAnswer(int status, Map<String, String> headers, byte[] body, boolean bodyWasRead) {}
