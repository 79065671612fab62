package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.redis.RedisStorageException;
import io.omnipaxos.storage.StorageException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows why the storage could not be opened. */
final class StorageFailureAnalyzer extends AbstractFailureAnalyzer<StorageException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, StorageException cause) {
        if (cause instanceof RedisStorageException redis) {
            return new FailureAnalysis(
                    "The storage of the node could not be opened: " + redis.problem() + ".",
                    redis.action() + ".",
                    cause);
        }
        return new FailureAnalysis(
                "The storage of the node could not be opened: " + cause.getMessage(),
                "Give each node a directory of its own in omnipaxos.storage.directory that this process can write and "
                        + "no other one uses. Do not delete a damaged directory while the cluster runs without "
                        + "reading how a member is replaced.",
                cause);
    }
}
