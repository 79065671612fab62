package io.omnipaxos.sample.node;

import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Ends a node of the demo when the demo is gone: a killed demo cannot end its children itself. */
@Component
@ConditionalOnProperty("sample.parent-process")
class ParentWatch {

    private static final Logger LOG = LoggerFactory.getLogger(ParentWatch.class);

    private final long parent;

    ParentWatch(@Value("${sample.parent-process}") long parent) {
        this.parent = parent;
    }

    @EventListener(ApplicationReadyEvent.class)
    void watch() {
        CompletableFuture<Void> unused = ProcessHandle.of(parent)
                .map(ProcessHandle::onExit)
                .orElseGet(() -> CompletableFuture.completedFuture(null))
                .thenRun(this::endSoon);
    }

    /** On a thread of its own, as closing the application takes longer than a process watcher should be held. */
    private void endSoon() {
        LOG.info("process {}, which started this node, is gone: this node ends as well", parent);
        new Thread(() -> System.exit(0), "parent-gone").start();
    }
}
