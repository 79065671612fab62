package io.omnipaxos.log;

/**
 * Names one proposal of one start of one node, so that its origin recognises it when it is decided.
 *
 * @param pid the node at which the command was proposed, positive
 * @param boot the boot counter of that node when it was proposed, positive
 * @param sequence rises with each proposal of that boot, from 1
 */
public record ProposalId(long pid, long boot, long sequence) {}
