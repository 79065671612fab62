/**
 * The port to what is built from the log.
 */
@NullMarked
package io.omnipaxos.statemachine;

import org.jspecify.annotations.NullMarked;
