package io.omnipaxos.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One thing that is done to a simulated cluster: a fault, its end, or work.
 *
 * @param atMillis when, in milliseconds of true time from the beginning
 * @param kind what
 * @param arguments one for each parameter of the kind
 */
public record Action(long atMillis, ActionKind kind, List<Long> arguments) {

    /** @throws IllegalArgumentException if the arguments are not those that the kind takes */
    public Action {
        arguments = List.copyOf(arguments);
        if (atMillis < 0) {
            throw new IllegalArgumentException("the time of an action is not negative: " + atMillis);
        }
        if (!kind.takes(arguments.size())) {
            throw new IllegalArgumentException(
                    "'" + kind.keyword() + "' takes " + kind.parameters() + ", not " + arguments);
        }
    }

    /** An action. */
    public static Action at(long atMillis, ActionKind kind, long... arguments) {
        return new Action(atMillis, kind, Arrays.stream(arguments).boxed().toList());
    }

    /**
     * Reads what {@link #toString} writes: a time, a keyword, and numbers.
     *
     * @throws IllegalArgumentException if it is none; the message says what is wrong
     */
    public static Action parse(String line) {
        String[] words = line.trim().split("\\s+", -1);
        if (words.length < 2) {
            throw new IllegalArgumentException("'" + line + "' is no action: write '1200 crash 3'");
        }
        List<Long> numbers = new ArrayList<>();
        for (int i = 2; i < words.length; i++) {
            numbers.add(number(words[i], line));
        }
        return new Action(number(words[0], line), kind(words[1], line), numbers);
    }

    private static ActionKind kind(String keyword, String line) {
        for (ActionKind kind : ActionKind.values()) {
            if (kind.keyword().equals(keyword.toLowerCase(Locale.ROOT))) {
                return kind;
            }
        }
        String known =
                Arrays.stream(ActionKind.values()).map(ActionKind::keyword).collect(Collectors.joining(", "));
        throw new IllegalArgumentException("'" + keyword + "' in '" + line + "' is unknown; there are " + known);
    }

    private static long number(String word, String line) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + word + "' in '" + line + "' is no whole number", e);
        }
    }

    long argument(int place) {
        return arguments.get(place);
    }

    @Override
    public String toString() {
        return atMillis + " " + kind.keyword()
                + arguments.stream().map(argument -> " " + argument).collect(Collectors.joining());
    }
}
