package io.omnipaxos.spring.autoconfigure;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Decides by a property as {@link OmniPaxosProperties} reads it, for which {@code off} is {@code false} and an empty
 * value is none. The annotations of Spring Boot compare its text.
 */
abstract class PropertyCondition<T> extends SpringBootCondition {

    private final String name;
    private final Class<T> type;
    private final Predicate<@Nullable T> matches;

    private PropertyCondition(String name, Class<T> type, Predicate<@Nullable T> matches) {
        this.name = name;
        this.type = type;
        this.matches = matches;
    }

    @Override
    public final ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        T value = value(context.getEnvironment());
        return new ConditionOutcome(
                matches.test(value),
                ConditionMessage.forCondition("Property").because(name + " is " + (value == null ? "not set" : value)));
    }

    /** What cannot be read is as if it was not set: the start fails in words once all properties are bound. */
    private @Nullable T value(Environment environment) {
        try {
            return Binder.get(environment).bind(name, type).orElse(null);
        } catch (BindException unreadable) {
            return null;
        }
    }

    static final class Enabled extends PropertyCondition<Boolean> {
        Enabled() {
            super("omnipaxos.enabled", Boolean.class, value -> value == null || value);
        }
    }

    static final class Disabled extends PropertyCondition<Boolean> {
        Disabled() {
            super("omnipaxos.enabled", Boolean.class, value -> value != null && !value);
        }
    }

    static final class NoPortForPeers extends PropertyCondition<Integer> {
        NoPortForPeers() {
            super("omnipaxos.transport.port", Integer.class, value -> value == null);
        }
    }

    static final class StorageInRedis extends PropertyCondition<OmniPaxosProperties.Storage.Type> {
        StorageInRedis() {
            super(
                    "omnipaxos.storage.type",
                    OmniPaxosProperties.Storage.Type.class,
                    value -> value == OmniPaxosProperties.Storage.Type.REDIS);
        }
    }

    static final class LeaderIsPublished extends PropertyCondition<Boolean> {
        LeaderIsPublished() {
            super("omnipaxos.redis.publish-leader", Boolean.class, value -> value != null && value);
        }
    }
}
