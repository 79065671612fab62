/**
 * Auto-configuration: the properties with their checks and derived defaults, and the beans that follow from them.
 */
@NullMarked
package io.omnipaxos.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
