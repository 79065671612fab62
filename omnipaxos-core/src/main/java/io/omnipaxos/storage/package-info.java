/**
 * The port to durable storage, and what every storage must promise.
 */
@NullMarked
package io.omnipaxos.storage;

import org.jspecify.annotations.NullMarked;
