package io.omnipaxos.spring.docs;

import static java.util.stream.Collectors.toCollection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page in Markdown, as far as its links go. */
record Page(Path file, List<String> prose) {

    private static final Path ROOT = Path.of("..");
    private static final Pattern LINK = Pattern.compile("\\[((?:[^\\[\\]]|\\[[^\\]]*])*)]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("#{1,6} +(.+)");
    private static final Pattern NOT_IN_ANCHORS = Pattern.compile("[^\\p{L}\\p{N}\\p{M} _-]");

    /** A link from a page: what is shown, and where it leads. */
    record Link(String text, String target) {

        boolean isRelative() {
            return !Pattern.compile("[a-z]+:.*").matcher(target).matches();
        }

        /** Without its mark, empty if there is none. */
        String anchor() {
            return target.contains("#") ? target.substring(target.indexOf('#') + 1) : "";
        }
    }

    /** The README, the changelog and everything below docs. */
    static List<Page> all() throws IOException {
        List<Page> pages = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                pages.add(read(file));
            }
        }
        pages.add(read(ROOT.resolve("README.md")));
        pages.add(read(ROOT.resolve("CHANGELOG.md")));
        return pages;
    }

    /** What is in blocks of code is left out. */
    static Page read(Path file) throws IOException {
        List<String> prose = new ArrayList<>();
        boolean isCode = false;
        for (String line : Files.readAllLines(file)) {
            if (line.strip().startsWith("```")) {
                isCode = !isCode;
            } else if (!isCode) {
                prose.add(line);
            }
        }
        return new Page(file.normalize(), prose);
    }

    List<Link> links() {
        return linksIn(String.join("\n", prose));
    }

    static List<Link> linksIn(String markdown) {
        return LINK.matcher(markdown)
                .results()
                .map(found -> new Link(found.group(1), found.group(2)))
                .toList();
    }

    /** Where a relative link leads, without its anchor. */
    Path resolve(Link link) {
        String path = link.target().split("#", 2)[0];
        Path directory = Objects.requireNonNullElse(file.getParent(), ROOT);
        return path.isEmpty() ? file : directory.resolve(path).normalize();
    }

    /** The anchors of the headings, as GitHub makes them. */
    Set<String> anchors() {
        Map<String, Integer> counts = new HashMap<>();
        return prose.stream()
                .map(HEADING::matcher)
                .filter(heading -> heading.matches())
                .map(heading -> anchor(heading.group(1)))
                .map(anchor -> {
                    int earlier = counts.merge(anchor, 1, Integer::sum) - 1;
                    return earlier == 0 ? anchor : anchor + "-" + earlier;
                })
                .collect(toCollection(TreeSet::new));
    }

    private static String anchor(String heading) {
        String text = LINK.matcher(heading).replaceAll("$1").strip().toLowerCase(Locale.ROOT);
        return NOT_IN_ANCHORS.matcher(text).replaceAll("").replace(' ', '-');
    }
}
