package io.omnipaxos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BallotTest {

    @Test
    void configurationComesFirstThenNumberThenPriorityThenPid() {
        List<Ballot> ascending = List.of(
                Ballot.NONE,
                new Ballot(1, 0, -5, 9),
                new Ballot(1, 0, 0, 1),
                new Ballot(1, 0, 0, 2),
                new Ballot(1, 0, 7, 1),
                new Ballot(1, 1, -5, 1),
                new Ballot(1, 1, 0, 1),
                new Ballot(2, 0, -9, 1));
        List<Ballot> shuffled = new ArrayList<>(ascending);
        Collections.shuffle(shuffled, new Random(1));

        Collections.sort(shuffled);

        assertThat(shuffled).isEqualTo(ascending);
    }

    @Test
    void numbersBeyondThirtyTwoBitsAreStillOrdered() {
        Ballot low = new Ballot(1, 1L << 40, 0, 1);
        Ballot high = new Ballot(1, (1L << 40) + 1, 0, 1);
        Ballot highPid = new Ballot(1, 1L << 40, 0, Long.MAX_VALUE);

        assertThat(high.isAbove(low)).isTrue();
        assertThat(high.isAbove(highPid)).isTrue();
        assertThat(highPid.isAbove(low)).isTrue();
    }

    @Test
    void aBallotIsNotAboveItself() {
        Ballot ballot = new Ballot(1, 2, 3, 4);

        assertThat(ballot.isAbove(new Ballot(1, 2, 3, 4))).isFalse();
        assertThat(ballot).isEqualTo(new Ballot(1, 2, 3, 4)).isEqualByComparingTo(new Ballot(1, 2, 3, 4));
    }

    @Test
    void theMaximumIsTheHigherOfTwoWhicheverComesFirst() {
        Ballot low = new Ballot(1, 1, 0, 2);
        Ballot high = new Ballot(1, 2, 0, 1);

        assertThat(Ballot.max(low, high)).isEqualTo(high);
        assertThat(Ballot.max(high, low)).isEqualTo(high);
    }

    @Test
    void noneIsBelowEveryBallotOfAnyNode() {
        Ballot lowest = new Ballot(1, 0, Integer.MIN_VALUE, 1);

        assertThat(Ballot.NONE.isNone()).isTrue();
        assertThat(lowest.isNone()).isFalse();
        assertThat(lowest.isAbove(Ballot.NONE)).isTrue();
    }

    @Test
    void negativeNumbersAreRefusedInWords() {
        assertThatThrownBy(() -> new Ballot(1, -1, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("n -1");
        assertThatThrownBy(() -> new Ballot(-2, 1, 0, 1)).hasMessageContaining("configuration -2");
        assertThatThrownBy(() -> new Ballot(1, 1, 0, -3)).hasMessageContaining("pid -3");
    }
}
