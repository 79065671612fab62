package io.omnipaxos.effect;

import io.omnipaxos.message.Envelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a step asks of the world, to be done in this order: publish the lease, send {@code sendNow}, write
 * {@code snapshotParts}, write {@code persist} and sync, send {@code sendAfterSync}, tell the replica that it is durable, apply, give the notices.
 *
 * @param lease what answers «do I lead» from now on, null if nothing does; published before anything is sent
 * @param snapshotParts pieces of a snapshot that is received, in order
 * @param persist one atomic write, possibly empty
 * @param sendNow messages that may travel while the disk writes
 * @param sendAfterSync messages that promise something which must be durable first
 * @param applyThrough the last index that is decided and was durable before this step
 * @param notices in order
 */
public record Effects(
        @Nullable Lease lease,
        List<SnapshotPart> snapshotParts,
        WriteBatch persist,
        List<Envelope> sendNow,
        List<Envelope> sendAfterSync,
        long applyThrough,
        List<Notice> notices) {}
