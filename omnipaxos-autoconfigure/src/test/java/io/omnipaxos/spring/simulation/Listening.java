package io.omnipaxos.spring.simulation;

import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.OnLeaderChanged;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;

/** A bean with all three callbacks. */
class Listening {

    private final String name;
    private final Application application;

    Listening(String name, Application application) {
        this.name = name;
        this.application = application;
    }

    @OnLeaderElected
    void elected(Tenure tenure, Leadership leadership) {
        application.told(name, Told.Kind.ELECTED, tenure, leadership);
    }

    @OnLeaderRevoked
    void revoked(Leadership leadership, Tenure tenure) {
        application.told(name, Told.Kind.REVOKED, tenure, leadership);
    }

    @OnLeaderChanged
    void changed(LeaderChange change, Leadership leadership) {
        application.told(name, Told.Kind.CHANGED, change, leadership);
    }
}
