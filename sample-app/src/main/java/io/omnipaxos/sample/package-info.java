/** The sample application: one node, or a demo of three. Start reading at {@link io.omnipaxos.sample.SampleApplication}. */
@NullMarked
package io.omnipaxos.sample;

import org.jspecify.annotations.NullMarked;
