package io.omnipaxos.spring.node;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.Leadership;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One bean over all starts of the node: asks the leadership of the one that the caller has to do with. */
final class DelegatingLeadership implements Leadership {

    private final Supplier<Leadership> present;
    private final Supplier<Admission> admissions;

    /**
     * Asks nobody yet.
     *
     * @param present of the node that the calling thread is to ask
     * @param admissions admits work of that node
     */
    DelegatingLeadership(Supplier<Leadership> present, Supplier<Admission> admissions) {
        this.present = present;
        this.admissions = admissions;
    }

    @Override
    public boolean isLeader() {
        return present.get().isLeader();
    }

    @Override
    public Optional<Leader> leader() {
        return present.get().leader();
    }

    @Override
    public long fencingToken() {
        return present.get().fencingToken();
    }

    @Override
    public Optional<Duration> leaseRemaining() {
        return present.get().leaseRemaining();
    }

    @Override
    public boolean holdsLease(long fencingToken) {
        return present.get().holdsLease(fencingToken);
    }

    @Override
    public Admission admit() {
        return admissions.get();
    }

    @Override
    public CompletableFuture<Boolean> resign() {
        return present.get().resign();
    }

    @Override
    public CompletableFuture<Boolean> transferTo(long pid) {
        return present.get().transferTo(pid);
    }
}
