package io.omnipaxos.spring.docs;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Environment variables of an example as a process would have them. */
final class Variables {

    private static final Pattern SPRING_BOOT = Pattern.compile("(OMNIPAXOS|SPRING|MANAGEMENT|SERVER)_.*");
    private static final Pattern PEER = Pattern.compile("OMNIPAXOS_PEERS_[1-9][0-9]*");

    private Variables() {}

    /** Into an environment that has none of this process. */
    static <E extends ConfigurableEnvironment> E into(E environment, Map<String, String> variables) {
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        environment
                .getPropertySources()
                .replace(name, new SystemEnvironmentPropertySource(name, Map.copyOf(variables)));
        return environment;
    }

    /** Those that would be passed over in silence, as they name no property of Spring Boot or of ours. */
    static Set<String> unknown(Set<String> names) throws IOException {
        Set<String> known = known();
        Set<String> unknown = new TreeSet<>(names);
        unknown.removeIf(name ->
                !SPRING_BOOT.matcher(name).matches() || PEER.matcher(name).matches() || known.contains(name));
        return unknown;
    }

    private static Set<String> known() throws IOException {
        Set<String> known = new HashSet<>();
        for (String file :
                List.of("spring-configuration-metadata.json", "additional-spring-configuration-metadata.json")) {
            for (URL url : Collections.list(Variables.class.getClassLoader().getResources("META-INF/" + file))) {
                try (InputStream metadata = url.openStream()) {
                    for (JsonNode property :
                            JsonMapper.shared().readTree(metadata).path("properties")) {
                        known.add(variable(property.path("name").asString()));
                    }
                }
            }
        }
        return known;
    }

    private static String variable(String property) {
        return property.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }
}
