package io.omnipaxos.message;

/**
 * A message on its way.
 *
 * @param clusterId the cluster of the sender; a node refuses messages of another cluster
 * @param configurationId the configuration of the sender; a node refuses messages of another configuration
 * @param from the sender's pid
 * @param to the receiver's pid
 * @param message what is said
 */
public record Envelope(String clusterId, long configurationId, long from, long to, Message message) {}
