package io.omnipaxos.spring.scope;

import io.omnipaxos.leadership.NotLeaderException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectFactory;

/** The beans of one leadership. Safe for use by any thread. */
final class TenureBeans {

    private static final Logger LOG = LoggerFactory.getLogger(TenureBeans.class);

    private final long fencingToken;

    /** Held while a bean is made, which may take any time and need others of this scope; the end never waits for it. */
    private final ReentrantLock making = new ReentrantLock();

    private final Map<String, Object> beans = new HashMap<>();
    private final Map<String, Runnable> destructions = new LinkedHashMap<>();
    private boolean over;

    TenureBeans(long fencingToken) {
        this.fencingToken = fencingToken;
    }

    /**
     * The bean of this name, made now if it is the first time.
     *
     * @throws NotLeaderException if the leadership and its work are over, also if that happened while the bean was made
     */
    Object get(String name, ObjectFactory<?> factory) {
        Object present = present(name);
        if (present != null) {
            return present;
        }
        making.lock();
        try {
            present = present(name);
            return present != null ? present : keep(name, factory.getObject());
        } finally {
            making.unlock();
        }
    }

    private synchronized @Nullable Object present(String name) {
        refuseIfOver(name);
        return beans.get(name);
    }

    private synchronized Object keep(String name, Object bean) {
        refuseIfOver(name);
        beans.put(name, bean);
        return bean;
    }

    private void refuseIfOver(String name) {
        if (over) {
            throw new NotLeaderException(
                    "bean '" + TenureScope.shown(name) + "' belonged to the leadership with token " + fencingToken
                            + ", which is over",
                    null);
        }
    }

    /** Keeps the destruction of a bean that is being made until the end, or does it now if that has come. */
    void register(String name, Runnable destruction) {
        synchronized (this) {
            if (!over) {
                destructions.put(name, destruction);
                return;
            }
        }
        destroy(name, destruction);
    }

    /** Forgets a bean without destroying it, and returns what was there. */
    synchronized @Nullable Object remove(String name) {
        destructions.remove(name);
        return beans.remove(name);
    }

    /** Destroys all of them, those made last first; does nothing if called again. */
    void end() {
        Map<String, Runnable> ending;
        synchronized (this) {
            over = true;
            ending = new LinkedHashMap<>(destructions);
            destructions.clear();
            beans.clear();
        }
        String[] names = ending.keySet().toArray(String[]::new);
        for (int last = names.length - 1; last >= 0; last--) {
            destroy(names[last], ending.getOrDefault(names[last], () -> {}));
        }
    }

    private void destroy(String name, Runnable destruction) {
        try {
            destruction.run();
        } catch (RuntimeException failure) {
            LOG.error(
                    "The bean '{}' of the leadership with token {} could not be destroyed",
                    name,
                    fencingToken,
                    failure);
        }
    }
}
