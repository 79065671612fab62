package io.omnipaxos.spring.scope;

import io.omnipaxos.leadership.NotLeaderException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectFactory;

/** The beans of one leadership. Safe for use by any thread. */
final class TenureBeans {

    private static final Logger LOG = LoggerFactory.getLogger(TenureBeans.class);

    private final long fencingToken;
    private final Map<String, Object> beans = new HashMap<>();
    private final Map<String, Runnable> destructions = new LinkedHashMap<>();
    private boolean over;

    TenureBeans(long fencingToken) {
        this.fencingToken = fencingToken;
    }

    /**
     * The bean of this name, made now if it is the first time.
     *
     * @throws NotLeaderException if the leadership and its work are over
     */
    synchronized Object get(String name, ObjectFactory<?> factory) {
        if (over) {
            throw new NotLeaderException(
                    "bean '" + TenureScope.shown(name) + "' belonged to the leadership with token " + fencingToken
                            + ", which is over",
                    null);
        }
        Object present = beans.get(name);
        if (present == null) {
            // Not computeIfAbsent: a bean may need others of this scope.
            present = factory.getObject();
            beans.put(name, present);
        }
        return present;
    }

    synchronized void register(String name, Runnable destruction) {
        destructions.put(name, destruction);
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
            destroy(names[last], ending);
        }
    }

    private void destroy(String name, Map<String, Runnable> ending) {
        try {
            ending.getOrDefault(name, () -> {}).run();
        } catch (RuntimeException failure) {
            LOG.error(
                    "The bean '{}' of the leadership with token {} could not be destroyed",
                    name,
                    fencingToken,
                    failure);
        }
    }
}
