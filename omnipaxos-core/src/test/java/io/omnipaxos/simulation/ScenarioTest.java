package io.omnipaxos.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuietNodes
class ScenarioTest {

    @ParameterizedTest
    @ValueSource(longs = {0, 7, 19, 12345, -3})
    void isReadAsItIsWritten(long seed) {
        Scenario scenario = Scenario.random(seed);
        assertThat(Scenario.parse(scenario.toString())).isEqualTo(scenario);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 19, 43})
    void runsTheSameEachTime(long seed) {
        assertThat(Scenario.random(seed).run()).isEqualTo(Scenario.random(seed).run());
    }

    @Test
    void isWrittenByHandWithWhatDiffersFromAHealthyCluster() {
        Scenario scenario = Scenario.parse("""
                nodes 5      # the rest as in a healthy cluster
                write-quorum 2
                read-quorum 4

                1200 crash 3
                """);
        assertThat(scenario.settings().nodes()).isEqualTo(5);
        assertThat(scenario.settings().quorums().write()).isEqualTo(2);
        assertThat(scenario.settings().link())
                .isEqualTo(SimulationSettings.of(0, 5).link());
        assertThat(scenario.plan()).containsExactly(Action.at(1200, ActionKind.CRASH, 3));
    }

    /**
     * A leader loses its disk, and a node that was removed last heard of it as the leader: both learn what is decided, and
     * must not keep each other in the belief of the past.
     */
    @Test
    void twoThatLearnDoNotHoldEachOtherBack() {
        Scenario scenario = Scenario.parse("""
                seed 3078483
                nodes 4
                spares 0
                read-quorum 3
                write-quorum 3
                latency-nanos 3296862
                spread 0.2
                slow-share 0.01917936863892742
                loss 0.0
                duplication 0.0
                ordered true
                bytes-per-second 14886
                sync-nanos 65443
                disks memory
                clock-drift 0.01
                drain-nanos 5103892
                message-bytes 262144
                snapshot-entries 1099511627776
                3372 put 3 2
                3372 put 3 3
                3372 compare-and-set 3
                3372 read 3
                3372 compare-and-set 3
                4894 reconfigure 2 2 2 3 4
                5602 replace-disk 4
                6127 power-cut 3
                """);

        assertThat(scenario.run()).isNotNull();
    }

    /** The loop has read the clocks for a moment that the monotonic clock reaches only after the suspension. */
    @Test
    void aLeaderThatIsSuspendedWhileItSyncsAnswersNoStaleReads() {
        Scenario scenario = Scenario.parse("""
                seed 3147994
                nodes 3
                spares 0
                read-quorum 2
                write-quorum 2
                latency-nanos 1839965
                spread 1.9
                slow-share 0.0
                loss 0.0
                duplication 0.0
                ordered false
                bytes-per-second 0
                sync-nanos 119230762
                disks memory
                clock-drift 0.01
                drain-nanos 59643503
                message-bytes 524288
                snapshot-entries 1099511627776
                280 read 2
                280 read 3
                1603 put 2 1
                2106 work 3 87
                2419 put 1 4
                2419 put 2 2
                2704 suspend 3
                3008 compare-and-set 1
                3008 read 2
                3008 put 1 2
                3008 read 1
                4341 resume 3
                4348 compare-and-set 1
                4348 read 2
                4348 read 3
                """);

        assertThat(scenario.run()).isNotNull();
    }

    @Test
    void whatCannotBeReadIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scenario.parse("12 explode 3"))
                .withMessageContaining("'explode'")
                .withMessageContaining("crash");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scenario.parse("12 crash"))
                .withMessageContaining("[pid]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scenario.parse("nodes three"))
                .withMessageContaining("'three' for 'nodes'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scenario.parse("knots 3"))
                .withMessageContaining("knots");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scenario.parse("nodes 3\nnodes 5"))
                .withMessageContaining("twice");
    }

    @Test
    void whatFailsIsMadeShort() {
        Scenario failing = Scenario.random(5);
        // Stands for a defect that needs a put at node 1, whatever else happens.
        Scenario shrunk = Shrinker.shrink(
                new Scenario(failing.settings(), withPut(failing.plan())), ScenarioTest::putsAtNodeOne, 1000);
        assertThat(shrunk.plan()).hasSize(1);
        assertThat(putsAtNodeOne(shrunk)).isTrue();
        assertThat(shrunk.settings().link())
                .isEqualTo(SimulationSettings.of(0, shrunk.settings().nodes()).link());
    }

    private static List<Action> withPut(List<Action> plan) {
        return Stream.concat(plan.stream(), Stream.of(Action.at(99_999, ActionKind.PUT, 1, 1)))
                .toList();
    }

    private static boolean putsAtNodeOne(Scenario scenario) {
        return scenario.plan().stream().anyMatch(action -> action.kind() == ActionKind.PUT && action.argument(0) == 1);
    }
}
