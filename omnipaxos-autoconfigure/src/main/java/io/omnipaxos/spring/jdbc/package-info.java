/**
 * Fencing tokens in a relational database.
 */
@NullMarked
package io.omnipaxos.spring.jdbc;

import org.jspecify.annotations.NullMarked;
