/** The demo application. */
@NullMarked
package io.omnipaxos.sample;

import org.jspecify.annotations.NullMarked;
