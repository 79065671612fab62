/** The starter in each kind of application. */
@NullMarked
package io.omnipaxos.spring.kinds;

import org.jspecify.annotations.NullMarked;
