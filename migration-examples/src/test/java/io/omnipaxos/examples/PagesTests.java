package io.omnipaxos.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages show the very code that the other tests run: each block is a file, without the line of its package. */
class PagesTests {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Path EXAMPLES = Path.of("src", "test", "java", "io", "omnipaxos", "examples");
    private static final Pattern BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern TYPE = Pattern.compile("^(?:class|interface) (\\w+)", Pattern.MULTILINE);

    /** What stands for the reader's own code, and what runs the examples. */
    private static final Set<String> NOT_SHOWN =
            Set.of("ExampleNode", "Inbox", "RecordedInbox", "Reports", "package-info");

    @Test
    void eachBlockIsAnExample() throws IOException {
        Map<String, String> examples = examples();
        for (Path page : pages()) {
            for (String block : blocks(page)) {
                Matcher type = TYPE.matcher(block);
                assertThat(type.find()).as(block).isTrue();
                assertThat(block).as("%s in %s", type.group(1), page).isEqualTo(examples.get(type.group(1)));
            }
        }
    }

    @Test
    void eachExampleIsInABlock() throws IOException {
        Set<String> shown = new TreeSet<>();
        for (Path page : pages()) {
            for (String block : blocks(page)) {
                Matcher type = TYPE.matcher(block);
                shown.add(type.find() ? type.group(1) : block);
            }
        }

        assertThat(shown).isEqualTo(examples().keySet());
    }

    private static Map<String, String> examples() throws IOException {
        Map<String, String> examples = new TreeMap<>();
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                if (!name.endsWith("Tests") && !NOT_SHOWN.contains(name)) {
                    examples.put(name, Files.readString(file).replaceFirst("package .*;\\R\\R", ""));
                }
            }
        }
        return examples;
    }

    private static Set<Path> pages() throws IOException {
        Set<Path> pages = new TreeSet<>(Set.of(DOCS.resolve("recipes.md")));
        try (Stream<Path> migration = Files.list(DOCS.resolve("migration"))) {
            migration.forEach(pages::add);
        }
        return pages;
    }

    private static Iterable<String> blocks(Path page) throws IOException {
        return BLOCK.matcher(Files.readString(page)).results().map(found -> found.group(1))::iterator;
    }
}
