/**
 * Beans that live as long as one leadership.
 */
@NullMarked
package io.omnipaxos.spring.scope;

import org.jspecify.annotations.NullMarked;
