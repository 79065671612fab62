/**
 * What an operator sees: the endpoint {@code omnipaxos} and the health indicator of the same name.
 */
@NullMarked
package io.omnipaxos.spring.actuate;

import org.jspecify.annotations.NullMarked;
