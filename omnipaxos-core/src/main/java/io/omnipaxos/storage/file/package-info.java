/**
 * The embedded storage: a segmented, checksummed log in a directory of its own.
 */
@NullMarked
package io.omnipaxos.storage.file;

import org.jspecify.annotations.NullMarked;
