package io.omnipaxos.sample.node;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Leaves Redis out unless the properties name a server: Boot would assume one on this machine, and the sample runs without
 * any.
 */
public final class ConfiguredRedisOnly implements AutoConfigurationImportFilter, EnvironmentAware {

    private static final String REDIS = "org.springframework.boot.data.redis.";
    private static final List<String> NAMES_A_SERVER = List.of("host", "url", "sentinel", "cluster", "masterreplica");

    private boolean isConfigured;

    @Override
    public void setEnvironment(Environment environment) {
        Map<String, Object> redis = Binder.get(environment)
                .bind("spring.data.redis", Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of());
        isConfigured = !Collections.disjoint(redis.keySet(), NAMES_A_SERVER);
    }

    @Override
    public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
        boolean[] kept = new boolean[classes.length];
        for (int i = 0; i < classes.length; i++) {
            String name = classes[i];
            kept[i] = isConfigured || name == null || !name.startsWith(REDIS);
        }
        return kept;
    }
}
