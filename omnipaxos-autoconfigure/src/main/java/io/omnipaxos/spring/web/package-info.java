/**
 * What clients get from a node that does not lead.
 */
@NullMarked
package io.omnipaxos.spring.web;

import org.jspecify.annotations.NullMarked;
