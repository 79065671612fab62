/**
 * The node within an application context: made anew at each start of the context, started before the web server,
 * standing for election after it, handed over first and closed last.
 */
@NullMarked
package io.omnipaxos.spring.node;

import org.jspecify.annotations.NullMarked;
