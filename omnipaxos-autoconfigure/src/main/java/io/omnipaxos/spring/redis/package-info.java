/**
 * What an application with Spring Data Redis gets: writes that carry the fencing token, the log in Redis, and the leader
 * made known there. Redis never decides who leads.
 */
@NullMarked
package io.omnipaxos.spring.redis;

import org.jspecify.annotations.NullMarked;
