/**
 * The one small interface between the replica and whatever elects; elections own liveness only.
 */
@NullMarked
package io.omnipaxos.election;

import org.jspecify.annotations.NullMarked;
