package io.omnipaxos.spring.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.core.env.Environment;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/** A node as its properties make it on a host of any name. Refused like at start-up if they are wrong there. */
public final class NodeOnHost {

    private final DerivedSettings settings;

    private NodeOnHost(DerivedSettings settings) {
        this.settings = settings;
    }

    public static NodeOnHost bind(Environment environment, String hostName) {
        OmniPaxosProperties properties = Binder.get(environment)
                .bind(
                        "omnipaxos",
                        Bindable.of(OmniPaxosProperties.class),
                        new ValidationBindHandler(new ChecksOnHost(hostName)))
                .get();
        return new NodeOnHost(new DerivedSettings(properties, hostName));
    }

    public OmniPaxosProperties properties() {
        return settings.properties();
    }

    public long pid() {
        return settings.pid();
    }

    /** All members that the properties name, this node included. */
    public Map<Long, String> members() {
        return settings.members();
    }

    public Path storageDirectory() {
        return settings.storageDirectory();
    }

    /** What handing leadership over may take at shutdown. */
    public Duration handover() {
        return properties()
                .handover()
                .drainTimeout()
                .plus(properties().callback().revokeTimeout())
                .plus(settings.electionTimeout());
    }

    private record ChecksOnHost(String hostName) implements Validator {
        @Override
        public boolean supports(Class<?> type) {
            return type == OmniPaxosProperties.class;
        }

        @Override
        public void validate(Object target, Errors errors) {
            new PropertyChecks(new DerivedSettings((OmniPaxosProperties) target, hostName), errors).run();
        }
    }
}
