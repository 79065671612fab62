package io.omnipaxos.message;

/** What one node says to another. Any message may be lost, repeated, delayed or overtaken by another. */
public sealed interface Message permits ElectionMessage, LeaseMessage, ReplicationMessage, LearningMessage {}
