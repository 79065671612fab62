package io.omnipaxos.spring.node;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;

/**
 * Admits no more leader-only work as soon as the context begins to close: before schedulers and listeners end, and
 * while the lease is still held.
 */
public final class AdmissionEnd implements ApplicationListener<ContextClosedEvent>, Ordered {

    private final RestartableNode node;
    private final ApplicationContext context;

    public AdmissionEnd(RestartableNode node, ApplicationContext context) {
        this.node = node;
        this.context = context;
    }

    /** Events of child contexts arrive here as well, that of the management port for example. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) {
            node.stopAdmitting();
        }
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
