/** Text by key, readable and writable on any node. */
@NullMarked
package io.omnipaxos.sample.store;

import org.jspecify.annotations.NullMarked;
