package io.omnipaxos.node;

import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.transport.Transport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place that knows in which order effects happen. A lost lease is known before anything is sent that could make
 * another node leader; what a message promises is durable before it is sent; what is applied is durable before that.
 */
final class EffectRunner {

    private final Consumer<@Nullable Lease> leases;
    private final Transport transport;
    private final Storage storage;
    private final LongConsumer applier;
    private final Notice.Visitor notices;
    private final LongSupplier nanoTime;
    private final LongConsumer synced;

    /** @param synced told of the nanoseconds that each write took */
    EffectRunner(
            Consumer<@Nullable Lease> leases,
            Transport transport,
            Storage storage,
            LongConsumer applier,
            Notice.Visitor notices,
            LongSupplier nanoTime,
            LongConsumer synced) {
        this.leases = leases;
        this.transport = transport;
        this.storage = storage;
        this.applier = applier;
        this.notices = notices;
        this.nanoTime = nanoTime;
        this.synced = synced;
    }

    /**
     * Does everything, in order.
     *
     * @return whether something was written: then the replica must be told that it is durable
     * @throws io.omnipaxos.storage.StorageException if the write failed; nothing that rests on it was done
     */
    boolean run(Effects effects) {
        leases.accept(effects.lease());
        if (!effects.sendNow().isEmpty()) {
            transport.send(effects.sendNow());
        }
        effects.snapshotParts().forEach(storage::write);
        boolean writes = !effects.persist().isEmpty();
        if (writes) {
            write(effects.persist());
        }
        if (!effects.sendAfterSync().isEmpty()) {
            transport.send(effects.sendAfterSync());
        }
        applier.accept(effects.applyThrough());
        effects.notices().forEach(notice -> notice.accept(notices));
        return writes;
    }

    private void write(WriteBatch batch) {
        long began = nanoTime.getAsLong();
        storage.write(batch);
        synced.accept(nanoTime.getAsLong() - began);
    }
}
