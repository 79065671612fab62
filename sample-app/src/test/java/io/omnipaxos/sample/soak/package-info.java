/** Real processes under load and faults for as long as one likes: what was acknowledged is there, exactly once. */
@NullMarked
package io.omnipaxos.sample.soak;

import org.jspecify.annotations.NullMarked;
