package io.omnipaxos.replica;

import static io.omnipaxos.replica.ReplicaFixture.LEASE;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.heartbeat;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.LeaseMessage.Released;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which leader a node reports, and when that changes. Node 2 of three follows node 1. */
class LeaderChangeTest {

    private static final Ballot LED = ballot(3, 1);

    private final ReplicaFixture node = ReplicaFixture.of(2, 3).start();

    @Test
    void aLeaderIsKnownOnceLeadershipWasGrantedToIt() {
        node.following(LED, 0, new LeadershipEntry(LED));
        node.receive(1, heartbeat(LED, 1));
        assertThat(node.status().leader()).isNull();

        node.receive(1, granted(2));

        assertThat(node.status().leader()).isEqualTo(LED);
        assertThat(node.status().fencingToken()).isEqualTo(1);
        assertLeaders(LED);
    }

    @Test
    void theSameLeaderIsReportedOnce() {
        follow();

        node.receive(1, granted(3));
        node.receive(1, granted(4));

        assertLeaders(LED);
    }

    @Test
    void aLeaderThatIsSilentForALeaseIsLeaderNoMore() {
        follow();
        node.advance(LEASE).step(new Input.Applied(0, node.now()));
        assertLeaders(LED);

        node.advance(1).step(new Input.Applied(0, node.now()));

        assertLeaders(LED, null);
        node.receive(1, granted(9));
        assertLeaders(LED, null, LED);
    }

    @Test
    void aHigherCandidateEndsTheLeaderThatWasKnown() {
        follow();
        node.receive(1, new Released(LED, false));
        assertLeaders(LED, null);

        node.receive(1, granted(5));
        node.receive(3, prepareOf(ballot(4, 3)));

        assertLeaders(LED, null, LED, null);
    }

    @Test
    void aNodeThatLeadsReportsItself() {
        Ballot own = node.granted(1, 1, 3);

        assertThat(node.status().leader()).isEqualTo(own);
        assertLeaders(own);
    }

    @Test
    void aNodeWhoseLeadershipWasRevokedReportsNone() {
        Ballot own = node.granted(1, 1, 3);

        node.ticks(12);

        assertThat(node.notices(Notice.Revoked.class)).hasSize(1);
        assertThat(node.status().leader()).isNull();
        assertLeaders(own, null);
    }

    @Test
    void aNodeThatGaveLeadershipUpReportsNoneAtOnce() {
        Ballot own = node.granted(1, 1, 3);

        node.step(new Input.Release(node.status().promise(), 3, node.now()));

        assertThat(node.status().leader()).isNull();
        assertLeaders(own, null);
    }

    @Test
    void aHeartbeatOfALeaderThatThisNodeIsNotInStepWithTellsNothing() {
        node.receive(1, prepareOf(LED));

        node.receive(1, granted(1));

        assertThat(node.status().leader()).isNull();
    }

    @Test
    void settingsThatCannotRunAreRefusedWithTheirNumbers() {
        assertThatThrownBy(() -> settings(0, 10)).hasMessageContaining("boot 0");
        assertThatThrownBy(() -> settings(1, 0)).hasMessageContaining("election ticks 0");
    }

    private static ReplicaSettings settings(long boot, int electionTicks) {
        ClusterConfiguration three = ClusterConfiguration.majority(1, List.of(1L, 2L, 3L));
        return new ReplicaSettings("test", 1, boot, three, electionTicks, 5, 2, ReplicaFixture.TERMS, 1);
    }

    private void follow() {
        node.following(LED, 0, new LeadershipEntry(LED));
        node.receive(1, granted(1));
    }

    private static LeaderHeartbeat granted(long round) {
        return new LeaderHeartbeat(LED, round, true, LEASE, 1, 1, 1);
    }

    private void assertLeaders(Ballot... leaders) {
        assertThat(node.notices(Notice.LeaderChanged.class))
                .extracting(Notice.LeaderChanged::leader)
                .containsExactly(leaders);
    }
}
