/**
 * The meters of a node that do not come from observations, while it runs.
 */
@NullMarked
package io.omnipaxos.spring.metrics;

import org.jspecify.annotations.NullMarked;
