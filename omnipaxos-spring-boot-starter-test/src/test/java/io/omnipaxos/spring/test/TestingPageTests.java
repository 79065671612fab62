package io.omnipaxos.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of the page on testing are tests and beans of this module, word for word: they run with each build. */
class TestingPageTests {

    private static final Path PAGE = Path.of("..", "docs", "testing.md");
    private static final Path EXAMPLES = Path.of("src", "test", "java", "com", "example", "settlement");
    private static final Pattern BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS_NAME = Pattern.compile("^(?:public )?class (\\w+)", Pattern.MULTILINE);
    private static final String PACKAGE = "package com.example.settlement;\n\n";

    static List<String> examples() throws IOException {
        return BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    @Test
    void thereAreExamples() throws IOException {
        assertThat(examples()).hasSizeGreaterThan(3);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theExampleIsOneThatRuns(String example) throws IOException {
        Matcher className = CLASS_NAME.matcher(example);
        assertThat(className.find()).as(example).isTrue();

        assertThat(PACKAGE + example).isEqualTo(Files.readString(EXAMPLES.resolve(className.group(1) + ".java")));
    }
}
