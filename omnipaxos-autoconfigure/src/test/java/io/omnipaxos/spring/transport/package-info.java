@NullMarked
package io.omnipaxos.spring.transport;

import org.jspecify.annotations.NullMarked;
