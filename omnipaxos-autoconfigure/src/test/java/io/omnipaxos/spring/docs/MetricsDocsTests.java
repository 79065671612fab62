package io.omnipaxos.spring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.observation.docs.ObservationDocumentation;
import io.omnipaxos.spring.guard.LeaderOnlyCalls;
import io.omnipaxos.spring.observation.OmniPaxosObservation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the pages say of the meters is what a real node registers and what Prometheus gets from it. */
class MetricsDocsTests {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern NAME = Pattern.compile("\\bomnipaxos_[a-z_]+\\b");
    private static final Pattern SELECTOR = Pattern.compile("\\b(omnipaxos_[a-z_]+)\\{([^}]*)}");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)(=~|!=|!~|=)\"([^\"]*)\"");
    private static final Pattern TAG = Pattern.compile("`([a-z]+)`(?:: ([^;]*))?");

    /** What Prometheus itself adds to each series. */
    private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance");

    private static MeasuredCluster cluster;
    private static Map<String, Set<String>> scraped;

    @BeforeAll
    static void start() throws Exception {
        cluster = new MeasuredCluster();
        scraped = labelsByName(cluster.scrape());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** A row of the table: type, unit, and the tags with the values that they are said to have. */
    private record Documented(String type, String unit, Map<String, Set<String>> tags) {}

    @Test
    void thePageListsEveryMeterAndNoOther() throws IOException {
        assertThat(documented().keySet())
                .isEqualTo(cluster.meters().stream().map(Meter.Id::getName).collect(Collectors.toSet()));
    }

    @Test
    void thePageHasTypeUnitAndTagsOfEveryMeter() throws IOException {
        Map<String, Documented> documented = documented();
        for (Meter.Id meter : cluster.meters()) {
            Documented row = Objects.requireNonNull(documented.get(meter.getName()), meter.getName());

            assertThat(row.type()).as(meter.getName()).isEqualTo(typeOf(meter));
            assertThat(row.unit()).as(meter.getName()).isEqualTo(Objects.toString(meter.getBaseUnit(), ""));
            assertThat(row.tags().keySet())
                    .as(meter.getName())
                    .isEqualTo(meter.getTags().stream().map(Tag::getKey).collect(Collectors.toSet()));
        }
    }

    @Test
    void thePageHasTheValuesOfEveryTag() throws IOException {
        Map<String, Documented> documented = documented();
        for (Meter.Id meter : cluster.meters()) {
            for (Tag tag : meter.getTags()) {
                Set<String> values = Objects.requireNonNull(documented.get(meter.getName()))
                        .tags()
                        .get(tag.getKey());
                boolean open = tag.getKey().equals("error") || tag.getKey().equals("peer");
                assertThat(open || values.contains(tag.getValue()))
                        .as("%s among %s of %s", tag, values, meter.getName())
                        .isTrue();
            }
        }
        assertThat(Objects.requireNonNull(documented.get("omnipaxos.leader.only"))
                        .tags()
                        .get("outcome"))
                .isEqualTo(Arrays.stream(LeaderOnlyCalls.Outcome.values())
                        .map(outcome -> outcome.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.toSet()));
    }

    @Test
    void thePageHasEveryObservationWithWhatOnlyTracesCarry() throws IOException {
        String page = Files.readString(DOCS.resolve("metrics.md"));
        for (ObservationDocumentation observation : OmniPaxosObservation.values()) {
            String name = "omnipaxos." + observation.toString().toLowerCase(Locale.ROOT);
            String row = page.lines()
                    .filter(line -> line.startsWith("| `" + name + "` |"))
                    .reduce((table, last) -> last)
                    .orElseThrow();
            assertThat(row)
                    .contains(Stream.of(observation.getHighCardinalityKeyNames())
                            .map(key -> "`" + key.asString() + "`")
                            .toList());
        }
    }

    @Test
    void theDashboardAsksOnlyForWhatIsThere() throws IOException {
        JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(DOCS.resolve("grafana-dashboard.json")));
        List<String> expressions = dashboard.findValuesAsString("expr");
        Set<String> variables = new TreeSet<>(dashboard.path("templating").findValuesAsString("name"));

        assertThat(expressions).hasSizeGreaterThan(20).allSatisfy(MetricsDocsTests::assertKnown);
        assertThat(dashboard.path("templating").toString()).contains("omnipaxos_leader");
        assertThat(variables).containsExactly("datasource", "instance", "job");
        assertThat(dashboard
                        .path("panels")
                        .valueStream()
                        .map(panel -> panel.path("id").asInt()))
                .doesNotHaveDuplicates();
    }

    @Test
    void theDashboardShowsEveryMeter() throws IOException {
        String dashboard = Files.readString(DOCS.resolve("grafana-dashboard.json"));

        assertThat(cluster.meters().stream().map(Meter.Id::getName).distinct())
                .allSatisfy(name -> assertThat(dashboard).contains(name.replace('.', '_')));
    }

    @Test
    void theAlertsAskOnlyForWhatIsThereAndSayWhatToDo() throws IOException {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(Files.readString(DOCS.resolve("alerts.yml")));
        List<?> rules = (List<?>) file.get("groups").get(0).get("rules");

        assertThat(rules).hasSizeGreaterThan(10).allSatisfy(each -> {
            Map<?, ?> rule = (Map<?, ?>) each;
            assertThat(rule.get("alert").toString()).startsWith("OmniPaxos");
            assertKnown(rule.get("expr").toString());
            assertThat((Map<?, ?>) rule.get("labels"))
                    .hasEntrySatisfying(
                            new org.assertj.core.api.Condition<>("severity"::equals, "severity"),
                            new org.assertj.core.api.Condition<>(
                                    value -> Set.of("critical", "warning").contains(value), "known"));
            assertThat(((Map<?, ?>) rule.get("annotations")).keySet().stream().map(Object::toString))
                    .containsExactly("summary", "description");
        });
    }

    /** Every name is scraped, with every label that is asked for; values of outcomes are those of the page. */
    private static void assertKnown(String expression) throws IOException {
        assertThat(NAME.matcher(expression).results().map(MatchResult::group).toList())
                .as(expression)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(scraped).containsKey(name));
        String outcomes = documented().values().stream()
                .map(row -> row.tags().getOrDefault("outcome", Set.of()))
                .flatMap(Set::stream)
                .collect(Collectors.joining(" "));
        for (Matcher selector = SELECTOR.matcher(expression); selector.find(); ) {
            for (Matcher label = LABEL.matcher(selector.group(2)); label.find(); ) {
                if (!OF_PROMETHEUS.contains(label.group(1))) {
                    assertThat(scraped.get(selector.group(1))).as(expression).contains(label.group(1));
                    assertThat(outcomes.split(" ")).as(expression).contains(label.group(3));
                }
            }
        }
    }

    private static Map<String, Documented> documented() throws IOException {
        Map<String, Documented> rows = new LinkedHashMap<>();
        for (String line : Files.readAllLines(DOCS.resolve("metrics.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 8 && cells[1].strip().startsWith("`omnipaxos.")) {
                String name = cells[1].strip().replace("`", "");
                assertThat(cells[5].strip()).as("the meaning of %s", name).isNotEmpty();
                assertThat(cells[6].strip()).as("what to do about %s", name).isNotEmpty();
                rows.put(name, new Documented(cells[2].strip(), cells[3].strip(), tags(cells[4])));
            }
        }
        return rows;
    }

    private static Map<String, Set<String>> tags(String cell) {
        Map<String, Set<String>> tags = new TreeMap<>();
        for (Matcher tag = TAG.matcher(cell); tag.find(); ) {
            String values = Objects.toString(tag.group(2), "").strip();
            tags.put(tag.group(1), new HashSet<>(List.of(values.split(",\\s*"))));
        }
        return tags;
    }

    private static String typeOf(Meter.Id meter) {
        return switch (meter.getType()) {
            case LONG_TASK_TIMER -> "long task timer";
            default -> meter.getType().name().toLowerCase(Locale.ROOT);
        };
    }

    private static Map<String, Set<String>> labelsByName(String scrape) {
        Map<String, Set<String>> labels = new TreeMap<>();
        scrape.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            String series = line.substring(0, line.lastIndexOf(' '));
            String name = series.split("\\{", 2)[0];
            Set<String> found = labels.computeIfAbsent(name, each -> new TreeSet<>());
            for (Matcher label = LABEL.matcher(series); label.find(); ) {
                found.add(label.group(1));
            }
        });
        return labels;
    }
}
