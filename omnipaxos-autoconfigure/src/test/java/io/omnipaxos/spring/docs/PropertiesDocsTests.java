package io.omnipaxos.spring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an IDE shows of each property is complete, and the page of all properties says the same. */
class PropertiesDocsTests {

    private static final Path METADATA = Path.of("target", "classes", "META-INF");
    private static final Path PAGE = Path.of("..", "docs", "properties.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z.-]+)` \\| ([^|]+) \\| ([^|]+) \\|([^|]*)\\|$");

    private static Map<String, JsonNode> properties;
    private static JsonNode hints;

    /** A row of the page. */
    private record Documented(String defaultValue, String meaning) {}

    @BeforeAll
    static void read() throws IOException {
        JsonNode metadata =
                JsonMapper.shared().readTree(Files.readString(METADATA.resolve("spring-configuration-metadata.json")));
        hints = metadata.path("hints");
        properties = metadata.path("properties")
                .valueStream()
                .collect(Collectors.toMap(
                        property -> property.path("name").asString(),
                        property -> property,
                        (one, other) -> one,
                        TreeMap::new));
    }

    @Test
    void everyPropertyHasATypeAndADescriptionInWholeSentences() {
        assertThat(properties).isNotEmpty().allSatisfy((name, property) -> {
            assertThat(property.path("type").asString()).as(name).isNotEmpty();
            assertThat(property.path("description").asString()).as(name).matches("[A-Z].*\\.");
        });
    }

    @Test
    void everyPropertyHasADefaultOrSaysInWordsWhatHoldsWithoutIt() {
        assertThat(properties).allSatisfy((name, property) -> {
            if (!property.has("defaultValue")) {
                assertThat(property.path("description").asString()).as(name).containsPattern("[Dd]efaults to|required");
            }
        });
    }

    /** A hint for a name that is none helps nobody. */
    @Test
    void everyHintIsForAProperty() {
        assertThat(hints.valueStream().map(hint -> hint.path("name").asString()))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(properties).containsKey(name.replaceFirst("\\.(keys|values)$", "")));
    }

    /** An IDE offers the keys and values of a map by hints, and the words of a choice as it is an enum. */
    @Test
    void mapsAndChoicesCanBeCompleted() {
        assertThat(properties).allSatisfy((name, property) -> {
            String type = property.path("type").asString();
            if (type.startsWith("java.util.Map")) {
                assertThat(hints.findValuesAsString("name")).contains(name + ".keys", name + ".values");
            } else if (type.startsWith("io.omnipaxos.")) {
                assertThat(ClassUtils.resolveClassName(type, null)).matches(Class::isEnum);
            }
        });
    }

    @Test
    void thePageListsEveryPropertyAndNoOther() throws IOException {
        assertThat(documented().keySet()).containsExactlyElementsOf(properties.keySet());
    }

    @Test
    void thePageHasEveryDefault() throws IOException {
        Map<String, Documented> documented = documented();
        assertThat(properties).allSatisfy((name, property) -> {
            String shown = documented.get(name).defaultValue();
            if (property.has("defaultValue")) {
                assertThat(shown).as(name).isEqualTo("`" + valueOf(property) + "`");
            } else {
                assertThat(shown).as(name).isNotBlank();
            }
        });
    }

    private static String valueOf(JsonNode property) {
        String value = property.path("defaultValue").asString();
        boolean isAccess = property.path("type").asString().endsWith(".Access");
        return isAccess ? value.replace('_', '-') : value;
    }

    private static Map<String, Documented> documented() throws IOException {
        return ROW.matcher(Files.readString(PAGE))
                .results()
                .collect(Collectors.toMap(
                        row -> row.group(1),
                        row -> new Documented(row.group(2), row.group(3)),
                        (one, other) -> {
                            throw new AssertionError("twice on the page: " + one + ", " + other);
                        },
                        TreeMap::new));
    }
}
