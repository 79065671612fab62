package io.omnipaxos.spring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.spring.autoconfigure.OmniPaxosProperties;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject.Kind;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/** The code that the README and the pages beside it show compiles, and their configuration is accepted. */
class ReadmeTests {

    private static final Path README = Path.of("..", "README.md");
    private static final Path DOCS = Path.of("..", "docs");

    /** Its examples are tests of the module for tests, and run there. */
    private static final Path ON_TESTING = DOCS.resolve("testing.md");

    static List<String> javaBlocks() throws IOException {
        return blocksOfAllPages("java");
    }

    static List<String> yamlBlocks() throws IOException {
        return blocksOfAllPages("yaml");
    }

    @ParameterizedTest
    @MethodSource("javaBlocks")
    void theCodeCompiles(String code, @TempDir Path directory) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of("-proc:none", "-d", directory.toString(), "-cp", System.getProperty("java.class.path"));

        boolean compiled = compiler.getTask(messages, null, null, options, null, List.of(new Source(code)))
                .call();

        assertThat(compiled).as("%s%n%s", code, messages).isTrue();
    }

    @ParameterizedTest
    @MethodSource("yamlBlocks")
    void theConfigurationIsAccepted(String yaml) throws IOException {
        assertThat(bind(environment(yaml))).isNotNull();
    }

    @Test
    void theFirstConfigurationIsOneOfThreeNodes() throws IOException {
        StandardEnvironment environment = environment(blocks(README, "yaml").get(0));

        OmniPaxosProperties properties = bind(environment);

        assertThat(properties.pid()).isEqualTo(2);
        assertThat(properties.peers()).containsOnlyKeys("1", "2", "3");
        assertThat(environment.getProperty("management.endpoints.web.exposure.include"))
                .isEqualTo("health,omnipaxos");
    }

    private static StandardEnvironment environment(String yaml) throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("node", Map.of("NODE", "2", "OMNIPAXOS_SECRET", "a long random text")));
        new YamlPropertySourceLoader()
                .load("readme", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                .forEach(environment.getPropertySources()::addLast);
        return environment;
    }

    private static OmniPaxosProperties bind(StandardEnvironment environment) {
        return Binder.get(environment)
                .bind(
                        "omnipaxos",
                        Bindable.of(OmniPaxosProperties.class),
                        new ValidationBindHandler(new ItsOwnValidator()))
                .get();
    }

    private static List<String> blocksOfAllPages(String language) throws IOException {
        List<String> blocks = new ArrayList<>(blocks(README, language));
        assertThat(blocks).as("%s blocks of the README", language).isNotEmpty();
        try (DirectoryStream<Path> pages = Files.newDirectoryStream(DOCS, "*.md")) {
            for (Path page : pages) {
                if (!page.equals(ON_TESTING)) {
                    blocks.addAll(blocks(page, language));
                }
            }
        }
        return blocks;
    }

    private static List<String> blocks(Path page, String language) throws IOException {
        Pattern block = Pattern.compile("```" + language + "\\R(.*?)```", Pattern.DOTALL);
        return block.matcher(Files.readString(page))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private static final class ItsOwnValidator implements Validator {
        @Override
        public boolean supports(Class<?> type) {
            return type == OmniPaxosProperties.class;
        }

        @Override
        public void validate(Object target, Errors errors) {
            ((OmniPaxosProperties) target).validate(target, errors);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String code;

        Source(String code) {
            super(URI.create("string:///" + className(code) + ".java"), Kind.SOURCE);
            this.code = code;
        }

        private static String className(String code) {
            return Stream.of(code.split("\\R"))
                    .filter(line -> line.startsWith("class "))
                    .map(line -> line.split(" ")[1])
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }
}
