/**
 * How {@code @OnLeaderElected}, {@code @OnLeaderRevoked} and {@code @OnLeaderChanged} work: which methods they mark, and
 * who calls them, one by one, before the application event.
 */
@NullMarked
package io.omnipaxos.spring.callback;

import org.jspecify.annotations.NullMarked;
