package io.omnipaxos.spring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

import java.lang.reflect.RecordComponent;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.RuntimeHints;

class StateHintsTests {

    @ParameterizedTest
    @ValueSource(classes = {MapCommand.class, MapResult.class})
    void whatIsInTheLogCanBeMadeAndReadByReflection(Class<?> type) {
        RuntimeHints hints = new RuntimeHints();

        new StateHints().registerHints(hints, null);

        assertThat(reflection().onConstructorInvocation(type.getDeclaredConstructors()[0]))
                .accepts(hints);
        for (RecordComponent component : type.getRecordComponents()) {
            assertThat(reflection().onMethodInvocation(component.getAccessor())).accepts(hints);
        }
    }
}
