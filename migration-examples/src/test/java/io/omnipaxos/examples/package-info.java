/** The code that the pages on migration and the recipes show, and the tests that run it. */
@NullMarked
package io.omnipaxos.examples;

import org.jspecify.annotations.NullMarked;
