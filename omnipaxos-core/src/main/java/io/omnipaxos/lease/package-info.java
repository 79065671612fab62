/**
 * Time-bounded leadership: grants given, grants held, and the one gate before every raise of the promise.
 */
@NullMarked
package io.omnipaxos.lease;

import org.jspecify.annotations.NullMarked;
