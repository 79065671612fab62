/**
 * Storage in memory, for tests and for nodes that take a new identity at each start.
 */
@NullMarked
package io.omnipaxos.storage.memory;

import org.jspecify.annotations.NullMarked;
