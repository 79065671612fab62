/**
 * Ballot Leader Election: needs one node that reaches a quorum, and nothing else.
 */
@NullMarked
package io.omnipaxos.election.ballot;

import org.jspecify.annotations.NullMarked;
