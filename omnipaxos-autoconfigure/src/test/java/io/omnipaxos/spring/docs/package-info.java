/** What the documents show is true. */
@NullMarked
package io.omnipaxos.spring.docs;

import org.jspecify.annotations.NullMarked;
