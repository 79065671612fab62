package io.omnipaxos.spring.transport;

import io.omnipaxos.message.Envelope;
import java.util.List;

/**
 * What travels in one body, in either direction.
 *
 * @param clusterId the sender's cluster, which is that of all envelopes
 * @param from the sender's pid
 * @param to the receiver's pid
 * @param boot names this start of the sender's transport; another one means that the sender was started anew
 * @param envelopes in the order in which they were sent; may be empty
 */
record Batch(String clusterId, long from, long to, String boot, List<Envelope> envelopes) {

    Batch {
        envelopes = List.copyOf(envelopes);
    }
}
