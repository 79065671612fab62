/**
 * Appends, callbacks and handovers as Micrometer observations, from which their timers and traces come. All of it is
 * optional: {@link io.omnipaxos.spring.observation.Activities} needs no Micrometer.
 */
@NullMarked
package io.omnipaxos.spring.observation;

import org.jspecify.annotations.NullMarked;
