package io.omnipaxos.spring.simulation;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.callback.LeadershipCallbacks;
import io.omnipaxos.spring.node.AdmissionEnd;
import io.omnipaxos.spring.node.NodeCandidacy;
import io.omnipaxos.spring.node.NodeStart;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.observation.Activities;
import io.omnipaxos.spring.scope.TenureScope;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.util.ClassUtils;

/** Makes the contexts: the library's own beans but for transport and storage, and beans with annotations. */
final class Contexts {

    static final int LATE_BEANS = 3;
    private static final String CONFIGURATIONS = "io.omnipaxos.spring.autoconfigure.";

    private Contexts() {}

    /** Not refreshed yet. */
    static AnnotationConfigApplicationContext of(Application application) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.register(configuration("LeaderOnlyConfiguration"), configuration("CallbackConfiguration"));
        // In place of the bean of the same name, whose late callbacks run on threads of this machine.
        context.registerBean(
                "leadershipCallbacks",
                LeadershipCallbacks.class,
                () -> new LeadershipCallbacks(
                        () -> context.getBean(Leadership.class),
                        context,
                        application::laterOnAnotherThread,
                        () -> Activities.UNOBSERVED,
                        context.getBean(TenureScope.class)));
        context.registerBean(RestartableNode.class, () -> new RestartableNode(application::node));
        context.registerBean(
                Leadership.class, () -> context.getBean(RestartableNode.class).leadership());
        context.registerBean(NodeStart.class);
        context.registerBean(
                NodeCandidacy.class, () -> new NodeCandidacy(context.getBean(RestartableNode.class), true));
        context.registerBean(AdmissionEnd.class);
        context.registerBean(Worker.class);
        context.registerBean(Worker.Helper.class);
        context.registerBean(Events.class, () -> new Events(application));
        for (String name : Application.EARLY) {
            context.registerBean(name, Listening.class, () -> new Listening(name, application));
        }
        for (int i = 1; i <= LATE_BEANS; i++) {
            String name = "late" + i;
            context.registerBean(
                    name,
                    Listening.class,
                    () -> new Listening(name, application),
                    definition -> definition.setLazyInit(true));
        }
        return context;
    }

    /** They are not visible outside of their package. */
    private static Class<?> configuration(String name) {
        return ClassUtils.resolveClassName(CONFIGURATIONS + name, Contexts.class.getClassLoader());
    }
}
