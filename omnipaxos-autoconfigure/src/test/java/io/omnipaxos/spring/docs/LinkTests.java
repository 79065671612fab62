package io.omnipaxos.spring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages link to is there: files, headings, and tests by their names. */
class LinkTests {

    private static final Pattern METHOD = Pattern.compile("`(\\w+)#(\\w+)`");
    private static final Path PAINS = Path.of("..", "docs", "pains.md");

    static List<Page> pages() throws IOException {
        return Page.all();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void leadsToFilesAndHeadingsThatExist(Page page) throws IOException {
        List<String> missing = new ArrayList<>();
        for (Page.Link link : page.links()) {
            if (link.isRelative() && !isThere(page.resolve(link), link.anchor())) {
                missing.add(link.target());
            }
        }
        assertThat(missing).as("what %s links to", page.file()).isEmpty();
    }

    private static boolean isThere(Path file, String anchor) throws IOException {
        return Files.exists(file)
                && (anchor.isEmpty()
                        || !file.toString().endsWith(".md")
                        || Page.read(file).anchors().contains(anchor));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void namesMethodsThatTheirFilesHave(Page page) throws IOException {
        List<String> missing = new ArrayList<>();
        for (Page.Link link : page.links()) {
            Matcher method = METHOD.matcher(link.text());
            if (method.matches() && !hasMethod(page.resolve(link), method.group(1), method.group(2))) {

                missing.add(link.text());
            }
        }
        assertThat(missing).as("what %s names", page.file()).isEmpty();
    }

    private static boolean hasMethod(Path file, String type, String method) throws IOException {
        return file.endsWith(type + ".java")
                && Files.exists(file)
                && Files.readString(file).contains("void " + method + "(");
    }

    /** Each pain has its thread, what is done here, and where to see it; a row that nothing answers says so. */
    @Test
    void eachPainIsAnswered() throws IOException {
        List<String[]> rows = Page.read(PAINS).prose().stream()
                .map(line -> line.split("(?<!\\\\)\\|"))
                .filter(cells -> cells.length == 6 && cells[1].strip().matches("[0-9]+"))
                .toList();

        assertThat(rows.stream().map(cells -> Integer.valueOf(cells[1].strip())))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 48).boxed().toList());
        assertThat(rows).allSatisfy(cells -> {
            assertThat(Page.linksIn(cells[2])).as(cells[1]).anyMatch(link -> !link.isRelative());
            assertThat(cells[3].strip()).as(cells[1]).hasSizeGreaterThan(20);
            assertThat(cells[4].strip()).as(cells[1]).hasSizeGreaterThan(20);
            assertThat(Page.linksIn(cells[5]).stream().anyMatch(Page.Link::isRelative)
                            || cells[5].contains("in words only")
                            || cells[5].contains("not answered"))
                    .as(cells[1])
                    .isTrue();
        });
    }
}
