/** Three nodes as processes of their own, and one page that shows, kills and pauses them. */
@NullMarked
package io.omnipaxos.sample.demo;

import org.jspecify.annotations.NullMarked;
