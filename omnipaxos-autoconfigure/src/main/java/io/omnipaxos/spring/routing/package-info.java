/**
 * How requests get to the leader: those for leader-only handlers of Spring MVC, which are redirected or forwarded before
 * their arguments are resolved, and those of the application's own HTTP clients.
 */
@NullMarked
package io.omnipaxos.spring.routing;

import org.jspecify.annotations.NullMarked;
