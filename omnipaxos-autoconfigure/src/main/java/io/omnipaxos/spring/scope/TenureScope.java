package io.omnipaxos.spring.scope;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.leadership.Tenure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.Scope;

/**
 * Keeps the beans of {@link io.omnipaxos.spring.LeadershipScope}. A thread gets those of the leadership that it works for:
 * the one that admitted its work, or the one whose callback it runs. Safe for use by any thread.
 */
public final class TenureScope implements Scope, DisposableBean {

    /** The name of the scope. */
    public static final String NAME = "leadership";

    private final Supplier<Leadership> leadership;

    // Not static: two contexts in one process must not see each other's callbacks.
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Tenure> calledBack = new ThreadLocal<>();

    /** Where the bean belongs that this thread makes: what its work belongs to may be over before it is finished. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable TenureBeans> making = new ThreadLocal<>();

    /** From the oldest leadership whose work may still run to the present one. */
    private final Deque<Entry> entries = new ArrayDeque<>();

    /** Work of a leadership up to this one makes no new beans: that leadership was over before. */
    private long lastEnded;

    /**
     * Makes a scope without beans.
     *
     * @param leadership asked for the token of the running work
     */
    public TenureScope(Supplier<Leadership> leadership) {
        this.leadership = leadership;
    }

    /** A leadership begins: with no beans, also where it is resumed with the token of an earlier one. */
    public synchronized void begin(Tenure tenure) {
        Entry last = entries.peekLast();
        if (last == null || last.revoked || last.token != tenure.fencingToken()) {
            entries.addLast(new Entry(tenure.fencingToken()));
        }
    }

    /** A leadership is over; its work may still run. */
    public synchronized void revoke(Tenure tenure) {
        for (Entry entry : entries) {
            if (entry.token == tenure.fencingToken()) {
                entry.revoked = true;
            }
        }
    }

    /** The work of a leadership has ended as well: its beans are destroyed. */
    public void end(Tenure tenure) {
        List<Entry> ended = new ArrayList<>();
        synchronized (this) {
            lastEnded = Math.max(lastEnded, tenure.fencingToken());
            // Those before it are over all the more.
            while (!entries.isEmpty()
                    && entries.getFirst().revoked
                    && entries.getFirst().token <= tenure.fencingToken()) {
                ended.add(entries.removeFirst());
            }
        }
        ended.forEach(entry -> entry.beans.end());
    }

    /** Runs a callback of a leadership, which gets the beans of that one. */
    public void within(Tenure tenure, Runnable callback) {
        calledBack.set(tenure);
        try {
            callback.run();
        } finally {
            calledBack.remove();
        }
    }

    @Override
    public Object get(String name, ObjectFactory<?> factory) {
        TenureBeans beans = beans(name);
        return beans.get(name, () -> make(beans, factory));
    }

    private Object make(TenureBeans beans, ObjectFactory<?> factory) {
        TenureBeans outer = making.get();
        making.set(beans);
        try {
            return factory.getObject();
        } finally {
            if (outer == null) {
                making.remove();
            } else {
                making.set(outer);
            }
        }
    }

    @Override
    public @Nullable Object remove(String name) {
        return beans(name).remove(name);
    }

    @Override
    public void registerDestructionCallback(String name, Runnable callback) {
        TenureBeans beans = making.get();
        (beans != null ? beans : beans(name)).register(name, callback);
    }

    @Override
    public @Nullable String getConversationId() {
        Tenure tenure = calledBack.get();
        return tenure == null ? null : String.valueOf(tenure.fencingToken());
    }

    /** The context is closed: nothing of any leadership is left. */
    @Override
    public void destroy() {
        List<Entry> all;
        synchronized (this) {
            all = List.copyOf(entries);
            entries.clear();
            lastEnded = Long.MAX_VALUE;
        }
        all.forEach(entry -> entry.beans.end());
    }

    private TenureBeans beans(String name) {
        Tenure tenure = calledBack.get();
        return of(tenure != null ? tenure.fencingToken() : tokenOfWork(name), name);
    }

    private long tokenOfWork(String name) {
        try {
            return leadership.get().fencingToken();
        } catch (NotLeaderException outside) {
            NotLeaderException refusal = new NotLeaderException(
                    "bean '" + shown(name)
                            + "' is of one leadership: use it within leader-only work or a callback of leadership ("
                            + outside.getMessage() + ")",
                    outside.leader().orElse(null));
            refusal.initCause(outside);
            throw refusal;
        }
    }

    /** Work may be admitted before the beginning of its leadership was told. */
    private synchronized TenureBeans of(long token, String name) {
        for (Entry entry : (Iterable<Entry>) entries::descendingIterator) {
            if (entry.token == token) {
                return entry.beans;
            }
        }
        if (token <= lastEnded) {
            throw new NotLeaderException(
                    "bean '" + shown(name) + "' belonged to the leadership with token " + token + ", which is over",
                    null);
        }
        Entry entry = new Entry(token);
        entries.addLast(entry);
        return entry.beans;
    }

    /** As it was declared: what is behind a scoped proxy has a name of its own. */
    static String shown(String name) {
        return ScopedProxyUtils.isScopedTarget(name) ? ScopedProxyUtils.getOriginalBeanName(name) : name;
    }

    private static final class Entry {

        private final long token;
        private final TenureBeans beans;
        private boolean revoked;

        Entry(long token) {
            this.token = token;
            this.beans = new TenureBeans(token);
        }
    }
}
