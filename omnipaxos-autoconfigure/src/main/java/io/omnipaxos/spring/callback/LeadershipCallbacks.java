package io.omnipaxos.spring.callback;

import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.LeaderChangedEvent;
import io.omnipaxos.spring.LeaderElectedEvent;
import io.omnipaxos.spring.LeaderRevokedEvent;
import io.omnipaxos.spring.observation.Activities;
import io.omnipaxos.spring.scope.TenureScope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Calls the callbacks one by one, each on its own, and then publishes the application event.
 *
 * <p>The node calls in on its thread for callbacks. The callbacks of a bean made later catch up on a thread of their
 * own, as the thread that makes the bean must not wait for other callbacks. Only these threads take turns.
 */
public final class LeadershipCallbacks implements LeadershipListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(LeadershipCallbacks.class);

    private final Supplier<Leadership> leadership;
    private final ApplicationEventPublisher events;
    private final Executor latecomers;
    private final Supplier<Activities> activities;
    private final TenureScope scope;
    private final LongAdder failures = new LongAdder();

    /** Held while callbacks run, by the threads that run them and by no other. */
    private final ReentrantLock turn = new ReentrantLock(true);

    /** Guards the fields below; held for moments only. */
    private final Object monitor = new Object();

    private final List<Callback> callbacks = new ArrayList<>();

    /** Those of beans that have yet to catch up. */
    private final List<List<Callback>> late = new ArrayList<>();

    private @Nullable Tenure tenure;
    private @Nullable LeaderChange change;

    private volatile BiConsumer<String, Throwable> failureListener = (what, thrown) -> {};

    /**
     * Makes a dispatcher without callbacks.
     *
     * @param leadership the argument of callbacks, asked when one is called
     * @param latecomers runs the callbacks of beans that are made after the first change
     * @param activities surrounds each callback, asked when one is called
     * @param scope told when leaderships begin and end
     */
    public LeadershipCallbacks(
            Supplier<Leadership> leadership,
            ApplicationEventPublisher events,
            Executor latecomers,
            Supplier<Activities> activities,
            TenureScope scope) {
        this.leadership = leadership;
        this.events = events;
        this.latecomers = latecomers;
        this.activities = activities;
        this.scope = scope;
    }

    @Override
    public void elected(Tenure tenure) {
        scope.begin(tenure);
        scope.within(
                tenure,
                () -> dispatch(
                        CallbackKind.ELECTED, tenure, new LeaderElectedEvent(tenure), () -> this.tenure = tenure));
    }

    @Override
    public void revoked(Tenure tenure, String reason) {
        scope.within(
                tenure,
                () -> dispatch(
                        CallbackKind.REVOKED,
                        tenure,
                        new LeaderRevokedEvent(tenure, reason),
                        () -> this.tenure = null));
        scope.revoke(tenure);
    }

    @Override
    public void ended(Tenure tenure) {
        scope.end(tenure);
    }

    @Override
    public void changed(LeaderChange change) {
        dispatch(CallbackKind.CHANGED, change, new LeaderChangedEvent(change), () -> this.change = change);
    }

    /** How many callbacks and event listeners threw. */
    public long failures() {
        return failures.sum();
    }

    /**
     * From now on tells of each failure as well, on the thread that called and before the next callback; for tests.
     *
     * @param listener gets what failed, in words, and what it threw; must not throw itself
     */
    public void onFailure(BiConsumer<String, Throwable> listener) {
        failureListener = listener;
    }

    /**
     * Adds the callbacks of a bean; they are told the present state if there is one. All at once, or the bean could be
     * told of a leadership and not of its end. Never waits for a callback.
     */
    void register(List<Callback> ofBean) {
        synchronized (monitor) {
            if (tenure == null && change == null) {
                callbacks.addAll(ofBean);
                return;
            }
            late.add(ofBean);
        }
        latecomers.execute(() -> catchUp(ofBean));
    }

    /** Takes the callbacks of a bean back: it is destroyed. Never waits for a callback, nor for one that runs. */
    void unregister(Object bean) {
        synchronized (monitor) {
            callbacks.removeIf(callback -> callback.isOf(bean));
            late.removeIf(ofBean -> ofBean.get(0).isOf(bean));
        }
    }

    private void catchUp(List<Callback> ofBean) {
        turn.lock();
        try {
            Tenure presentTenure;
            LeaderChange presentChange;
            synchronized (monitor) {
                if (!late.removeIf(waiting -> waiting == ofBean)) {
                    return;
                }
                callbacks.addAll(ofBean);
                presentTenure = tenure;
                presentChange = change;
            }
            for (Callback callback : ofBean) {
                Object present =
                        switch (callback.kind()) {
                            case ELECTED -> presentTenure;
                            case CHANGED -> presentChange;
                            case REVOKED -> null;
                        };
                if (present instanceof Tenure presentLeadership) {
                    scope.within(presentLeadership, () -> call(callback, presentLeadership));
                } else if (present != null) {
                    call(callback, present);
                }
            }
        } finally {
            turn.unlock();
        }
    }

    private void dispatch(CallbackKind kind, Object fact, Object event, Runnable remember) {
        turn.lock();
        try {
            for (Callback callback : remembering(remember, kind)) {
                call(callback, fact);
            }
            isolated("A listener of " + event.getClass().getSimpleName(), () -> events.publishEvent(event));
        } finally {
            turn.unlock();
        }
    }

    private List<Callback> remembering(Runnable remember, CallbackKind kind) {
        synchronized (monitor) {
            remember.run();
            return callbacks.stream()
                    .filter(callback -> callback.kind() == kind)
                    .sorted(Comparator.comparingInt(Callback::order))
                    .toList();
        }
    }

    private void call(Callback callback, Object fact) {
        isolated(
                callback,
                () -> activities
                        .get()
                        .callback(
                                callback.kind().observedName(),
                                callback.methodName(),
                                () -> callback.invoke(List.of(leadership.get(), fact))));
    }

    /** Errors as well: a class that is missing in one callback must not keep another from stopping its work. */
    private void isolated(Object what, Activities.Work work) {
        try {
            work.run();
        } catch (Throwable thrown) {
            failures.increment();
            LOGGER.error("{} failed", what, thrown);
            failureListener.accept(what.toString(), thrown);
        }
    }
}
