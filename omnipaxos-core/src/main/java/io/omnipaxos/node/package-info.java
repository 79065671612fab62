/**
 * The runtime of one member: the loop, the order of effects, admission and handover.
 */
@NullMarked
package io.omnipaxos.node;

import org.jspecify.annotations.NullMarked;
