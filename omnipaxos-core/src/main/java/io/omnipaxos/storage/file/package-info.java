/**
 * The embedded storage: a segmented, checksummed log and its snapshots, in a directory of their own.
 */
@NullMarked
package io.omnipaxos.storage.file;

import org.jspecify.annotations.NullMarked;
