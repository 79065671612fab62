package io.omnipaxos.spring.node;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.Leadership;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One bean over all starts of the node: asks the leadership of the present one. */
final class DelegatingLeadership implements Leadership {

    private final Supplier<Leadership> present;

    DelegatingLeadership(Supplier<Leadership> present) {
        this.present = present;
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
        return present.get().admit();
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
