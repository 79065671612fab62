package io.omnipaxos.spring.transport;

import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.Message;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** Whatever nodes say to each other is read and written by reflection. */
final class TransportHints implements RuntimeHintsRegistrar {

    private final BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        List<Type> types = new ArrayList<>(List.of(
                MessageCodec.WireBatch.class,
                MessageCodec.WireMessage.class,
                MembersCodec.Question.class,
                MembersCodec.Answer.class,
                Problem.class));
        types.addAll(MessageCodec.kindsOf(Message.class));
        types.addAll(MessageCodec.kindsOf(LogEntry.class));
        binding.registerReflectionHints(hints.reflection(), types.toArray(Type[]::new));
        for (Class<?> mixIn : List.of(MessageCodec.Named.class, MessageCodec.WithoutStorage.class)) {
            hints.reflection().registerType(mixIn, MemberCategory.INVOKE_DECLARED_METHODS);
        }
        registerHierarchy(hints, Message.class);
        registerHierarchy(hints, LogEntry.class);
    }

    /** A sealed type is asked for its kinds. */
    private static void registerHierarchy(RuntimeHints hints, Class<?> sealed) {
        hints.reflection().registerType(sealed);
        if (sealed.isSealed()) {
            for (Class<?> permitted : sealed.getPermittedSubclasses()) {
                registerHierarchy(hints, permitted);
            }
        }
    }
}
