/**
 * What an application writes and reads: the annotations for leader-only work and for changes of leader, and the
 * application events.
 */
@NullMarked
package io.omnipaxos.spring;

import org.jspecify.annotations.NullMarked;
