package io.omnipaxos.spring.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PendingChangesTests {

    /** Four small changes, but not five. */
    private final PendingChanges pending = new PendingChanges(450);

    @Test
    void areKeptOneByOneWhileTheyAreFew() {
        add("a", null, "1", 1);
        add("a", "1", "2", 2);

        assertThat(all()).containsExactly("a null->1 @1", "a 1->2 @2");
    }

    @Test
    void becomeOneForEachKeyWhenTheyAreMany() {
        add("a", null, "1", 1);
        add("b", null, "1", 2);
        add("a", "1", "2", 3);
        add("b", "1", null, 4);
        add("c", "1", "2", 5);

        assertThat(all()).containsExactly("a null->2 @3", "c 1->2 @5");
    }

    @Test
    void areMergedInTheOrderOfTheLastChangeOfEachKey() {
        add("a", "0", "1", 1);
        add("b", "0", "1", 2);
        add("c", "0", "1", 3);
        add("b", "1", "2", 4);
        add("a", "1", "2", 5);

        assertThat(all()).containsExactly("c 0->1 @3", "b 0->2 @4", "a 0->2 @5");
    }

    @Test
    void areCountedAnewOnceTheyWereTold() {
        for (int each = 0; each < 9; each++) {
            add("k" + each, null, "1", each);
        }
        assertThat(all()).hasSize(9);

        for (int each = 1; each <= 5; each++) {
            add("a", String.valueOf(each - 1), String.valueOf(each), 10 + each);
        }

        assertThat(all()).containsExactly("a 0->5 @15");
    }

    @Test
    void areBoundedByTheKeysAndLeadToTheSameState() {
        Random random = new Random(11);
        Map<String, String> actual = new TreeMap<>();
        Map<String, String> told = new TreeMap<>();
        int waiting = 0;
        for (int index = 1; index <= 5000; index++) {
            String key = "k" + random.nextInt(10);
            String next = random.nextInt(3) == 0 ? null : String.valueOf(random.nextInt(100));
            add(key, actual.get(key), next, index);
            put(actual, key, next);
            waiting++;
            if (random.nextInt(200) == 0) {
                List<RawChange> changes = polled();
                assertThat(changes).hasSizeLessThanOrEqualTo(Math.min(waiting, 21));
                assertThat(changes).extracting(RawChange::index).isSorted();
                for (RawChange change : changes) {
                    assertThat(text(change.oldValue())).isEqualTo(told.get(change.key()));
                    put(told, change.key(), text(change.newValue()));
                }
                assertThat(told).isEqualTo(actual);
                waiting = 0;
            }
        }
    }

    private static void put(Map<String, String> map, String key, @Nullable String value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    private void add(String key, @Nullable String before, @Nullable String after, long index) {
        pending.add(new RawChange(key, bytes(before), bytes(after), index));
    }

    private List<String> all() {
        return polled().stream()
                .map(change -> change.key() + " " + text(change.oldValue()) + "->" + text(change.newValue()) + " @"
                        + change.index())
                .toList();
    }

    private List<RawChange> polled() {
        List<RawChange> changes = new ArrayList<>();
        for (RawChange change = pending.poll(); change != null; change = pending.poll()) {
            changes.add(change);
        }
        return changes;
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : Utf8.encode(text);
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : Utf8.decode(bytes);
    }
}
