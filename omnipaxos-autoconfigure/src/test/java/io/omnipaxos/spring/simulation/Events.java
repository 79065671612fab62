package io.omnipaxos.spring.simulation;

import io.omnipaxos.spring.LeaderChangedEvent;
import io.omnipaxos.spring.LeaderElectedEvent;
import io.omnipaxos.spring.LeaderRevokedEvent;
import org.springframework.context.event.EventListener;

/** Listens to the application events, and is no better than it should be. */
class Events {

    private final Application application;

    Events(Application application) {
        this.application = application;
    }

    @EventListener
    void on(LeaderElectedEvent event) {
        application.published(Told.Kind.ELECTED, event.tenure());
    }

    @EventListener
    void on(LeaderRevokedEvent event) {
        application.published(Told.Kind.REVOKED, event.tenure());
    }

    @EventListener
    void on(LeaderChangedEvent event) {
        application.published(Told.Kind.CHANGED, event.change());
    }
}
