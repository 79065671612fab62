package io.omnipaxos.simulation;

import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.Message;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What happens in a cluster as a conversation, one line after the other, for whoever reads it. Nothing is kept. */
final class Transcript {

    private final Timeline timeline;
    private final Set<Background> leftOut = EnumSet.noneOf(Background.class);
    /** What was last said, by who says it to whom and what kind of message it is. */
    private final Map<String, Message> lastArrived = new TreeMap<>();

    private final Map<String, Message> lastLost = new TreeMap<>();
    private @Nullable Consumer<String> reader;

    Transcript(Timeline timeline) {
        this.timeline = timeline;
    }

    void begin(Consumer<String> newReader, Background... kinds) {
        reader = newReader;
        leftOut.clear();
        leftOut.addAll(Arrays.asList(kinds));
        if (!leftOut.isEmpty()) {
            String titles = leftOut.stream().map(Background::title).collect(Collectors.joining(" and "));
            newReader.accept("left out: " + titles + " that say nothing new");
        }
    }

    /** Whether somebody reads. */
    boolean isRead() {
        return reader != null;
    }

    /** A message has arrived. */
    void arrived(Envelope envelope) {
        if (isRead() && isNew(envelope, false)) {
            line(envelope.from() + " -> " + envelope.to(), MessageText.of(envelope.message()));
        }
    }

    /** A message will not arrive, or not this copy of it. */
    void lost(Envelope envelope, String why) {
        if (isRead() && isNew(envelope, true)) {
            line(envelope.from() + " -x " + envelope.to(), why + ": " + MessageText.of(envelope.message()));
        }
    }

    private boolean isNew(Envelope envelope, boolean isLost) {
        Message message = envelope.message();
        for (Background kind : leftOut) {
            Message news = kind.news(message);
            if (news != null) {
                return isNew(
                        envelope.from() + " " + envelope.to() + " "
                                + message.getClass().getSimpleName(),
                        news,
                        isLost);
            }
        }
        return true;
    }

    private boolean isNew(String who, Message news, boolean isLost) {
        if (news == Background.NOTHING) {
            return false;
        }
        boolean isKnown = news.equals((isLost ? lastLost : lastArrived).put(who, news));
        return !isKnown && !(isLost && news.equals(lastArrived.get(who)));
    }

    /** Something of the plan is done. */
    void done(Action action) {
        if (isRead()) {
            line(
                    "plan",
                    action.kind().keyword()
                            + action.arguments().stream().map(a -> " " + a).collect(Collectors.joining()));
        }
    }

    /** A node tells something of itself, or is told it by a client, at the time that its running thread has reached. */
    void told(long pid, SimulatedHost host, Supplier<String> words) {
        if (isRead()) {
            String text = words.get();
            host.whenReached(() -> told(pid, text));
        }
    }

    /** Something can be said of a node now. */
    void told(long pid, String text) {
        if (isRead()) {
            line("" + pid, text);
        }
    }

    private void line(String who, String text) {
        Consumer<String> present = reader;
        if (present != null) {
            long micros = timeline.now() / 1000;
            present.accept(
                    String.format(Locale.ROOT, "%6d.%03d ms  %-6s  %s", micros / 1000, micros % 1000, who, text));
        }
    }
}
