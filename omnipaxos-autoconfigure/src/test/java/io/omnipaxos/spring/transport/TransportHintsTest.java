package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.Message;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.io.support.SpringFactoriesLoader;

class TransportHintsTest {

    private final RuntimeHints hints = new RuntimeHints();

    @BeforeEach
    void registerAsSpringDoes() {
        SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
                .load(RuntimeHintsRegistrar.class)
                .stream()
                .filter(registrar -> registrar.getClass().getName().startsWith("io.omnipaxos."))
                .forEach(registrar -> registrar.registerHints(hints, getClass().getClassLoader()));
    }

    static Stream<Class<?>> onTheWire() {
        return Stream.of(
                        Stream.of(
                                MessageCodec.WireBatch.class,
                                MembersCodec.Question.class,
                                MembersCodec.Answer.class,
                                Problem.class),
                        MessageCodec.kindsOf(Message.class).stream(),
                        MessageCodec.kindsOf(LogEntry.class).stream())
                .flatMap(types -> types);
    }

    /** Its constructor and accessors, and those of the records that it is made of. */
    @ParameterizedTest
    @MethodSource("onTheWire")
    void everythingOnTheWireCanBeMadeAndReadByReflection(Class<?> type) throws Exception {
        assertReflective(type, new HashSet<>());
    }

    @Test
    void theKindsOfASealedTypeCanBeAskedFor() {
        assertThat(reflection().onType(Message.class)).accepts(hints);
        assertThat(reflection().onType(LogEntry.class)).accepts(hints);
    }

    private void assertReflective(Class<?> type, Set<Class<?>> seen) throws Exception {
        if (!type.isRecord() || !seen.add(type)) {
            return;
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            assertThat(reflection().onConstructorInvocation(constructor))
                    .as("%s", constructor)
                    .accepts(hints);
        }
        for (RecordComponent component : type.getRecordComponents()) {
            assertThat(reflection().onMethodInvocation(component.getAccessor()))
                    .as("%s", component)
                    .accepts(hints);
            assertReflective(component.getType(), seen);
        }
    }
}
