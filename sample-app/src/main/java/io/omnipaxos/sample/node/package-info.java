/** One node of the sample's cluster. */
@NullMarked
package io.omnipaxos.sample.node;

import org.jspecify.annotations.NullMarked;
