/**
 * What an application sees: who leads, whether it may act, and with which token.
 */
@NullMarked
package io.omnipaxos.leadership;

import org.jspecify.annotations.NullMarked;
