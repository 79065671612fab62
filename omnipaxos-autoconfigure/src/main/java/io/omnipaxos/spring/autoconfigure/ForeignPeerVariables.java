package io.omnipaxos.spring.autoconfigure;

import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Looks at the names of peers before the binder makes them uniform, and passes over environment variables that look like a peer and are none: for a service called {@code omnipaxos-peers}
 * Kubernetes sets {@code OMNIPAXOS_PEERS_PORT=tcp://...} in every pod.
 */
final class ForeignPeerVariables implements ConfigurationPropertiesBindHandlerAdvisor {

    private static final Logger LOGGER = LoggerFactory.getLogger(ForeignPeerVariables.class);

    /** The binder would leave the sign out. */
    private static final Pattern NEGATIVE = Pattern.compile("(?i)^omnipaxos\\.peers\\.-");

    private static final ConfigurationPropertyName PEERS = ConfigurationPropertyName.of("omnipaxos.peers");

    @Override
    public BindHandler apply(BindHandler handler) {
        return new AbstractBindHandler(handler) {
            @Override
            public <T> @Nullable Bindable<T> onStart(
                    ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
                Bindable<T> accepted = super.onStart(name, target, context);
                if (name.equals(PEERS)) {
                    refuseNegativePids(context);
                }
                return PEERS.isAncestorOf(name) && isForeign(name, context) ? null : accepted;
            }
        };
    }

    private static void refuseNegativePids(BindContext context) {
        for (ConfigurationPropertySource source : context.getSources()) {
            if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> properties) {
                Arrays.stream(properties.getPropertyNames())
                        .filter(name -> NEGATIVE.matcher(name).find())
                        .findFirst()
                        .ifPresent(ForeignPeerVariables::refuse);
            }
        }
    }

    private static void refuse(String propertyName) {
        throw new IllegalArgumentException(
                propertyName + " does not name a peer: a pid is a positive number; write it without the sign");
    }

    private static boolean isForeign(ConfigurationPropertyName name, BindContext context) {
        if (DerivedSettings.isPid(key(name))) {
            return false;
        }
        for (ConfigurationPropertySource source : context.getSources()) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null) {
                boolean isForeign = source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
                if (isForeign) {
                    LOGGER.info(
                            "Passed over an environment variable, as it names no peer by its pid: {}",
                            property.getOrigin());
                }
                return isForeign;
            }
        }
        return false;
    }

    private static String key(ConfigurationPropertyName name) {
        return name.getNumberOfElements() == PEERS.getNumberOfElements() + 1 ? name.getLastElement(Form.ORIGINAL) : "";
    }
}
