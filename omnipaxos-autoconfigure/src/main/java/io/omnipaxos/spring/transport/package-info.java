/**
 * Carries messages between nodes by HTTP: the sending side is {@code HttpTransport}, the receiving side
 * {@code PeerEndpoint}, which is served either by the application's own port ({@code PeerFilter}) or by a port of its
 * own ({@code PeerServer}).
 */
@NullMarked
package io.omnipaxos.spring.transport;

import org.jspecify.annotations.NullMarked;
