package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.spring.transport.PeerSessions.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeerSessionsTest {

    private final PeerSessions sessions = new PeerSessions();

    @Test
    void aRequestCountsOnlyInTheSessionThatWasOpenedHere() {
        Verdict first = sessions.check(request("boot", 1, ""));
        Verdict guessed = sessions.check(request("boot", 2, "guess"));
        Verdict again = sessions.check(request("boot", 3, sessionOf(first)));

        assertThat(guessed).isEqualTo(first).isInstanceOf(Verdict.Reopen.class);
        assertThat(again).isEqualTo(new Verdict.Admitted());
    }

    @Test
    void aRequestCountsOnce() {
        String session = open("boot");

        assertThat(sessions.check(request("boot", 2, session))).isEqualTo(new Verdict.Admitted());
        assertThat(sessions.check(request("boot", 2, session))).isInstanceOf(Verdict.Refused.class);
        assertThat(sessions.check(request("boot", 3, session))).isEqualTo(new Verdict.Admitted());
    }

    @Test
    void aRequestRecordedBeforeThisNodeWasStartedNeverCounts() {
        String session = open("boot");
        RequestIdentity recorded = request("boot", 2, session);

        PeerSessions restarted = new PeerSessions();

        assertThat(restarted.check(recorded)).isInstanceOf(Verdict.Reopen.class);
        assertThat(restarted.check(recorded)).isInstanceOf(Verdict.Reopen.class);
    }

    @Test
    void aBootThatWasReplacedIsRefused() {
        String old = open("old");
        open("new");

        assertThat(sessions.check(request("old", 9, old))).isInstanceOf(Verdict.Refused.class);
        assertThat(sessions.check(request("old", 10, ""))).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void evenABootThatIsForgottenCannotReplayAnything() {
        String old = open("old");
        for (int i = 0; i < 100; i++) {
            open("boot" + i);
        }

        assertThat(sessions.check(request("old", 9, old))).isInstanceOf(Verdict.Reopen.class);
        assertThat(sessions.check(request("boot99", 9, open("boot99")))).isEqualTo(new Verdict.Admitted());
    }

    @Test
    void aPeerThatOnlyAsksDoesNotReplaceTheCurrentBoot() {
        String session = open("current");
        sessions.check(request("other", 1, ""));

        assertThat(sessions.check(request("current", 5, session))).isEqualTo(new Verdict.Admitted());
    }

    /** Whoever is forgotten is asked to send again, like everybody after a restart; what was recorded counts no more. */
    @Test
    void onlyTheNodesHeardLastAreRemembered() {
        String session = open("boot");
        RequestIdentity recorded = request("boot", 2, session);
        assertThat(sessions.check(recorded)).isEqualTo(new Verdict.Admitted());
        for (long pid = 10; pid < 10 + PeerSessions.REMEMBERED_NODES; pid++) {
            sessions.check(new RequestIdentity(pid, 1, "boot", 1, "", Lane.LOG, ""));
        }

        Verdict verdict = sessions.check(recorded);

        assertThat(verdict).isInstanceOf(Verdict.Reopen.class);
        assertThat(sessionOf(verdict)).isNotEqualTo(session);
        assertThat(sessions.check(request("boot", 3, sessionOf(verdict)))).isEqualTo(new Verdict.Admitted());
    }

    @Test
    void aNodeThatIsHeardStaysRemembered() {
        String session = open("boot");
        for (long pid = 10; pid < 10 + 3L * PeerSessions.REMEMBERED_NODES; pid++) {
            sessions.check(new RequestIdentity(pid, 1, "boot", 1, "", Lane.LOG, ""));

            assertThat(sessions.check(request("boot", pid, session))).isEqualTo(new Verdict.Admitted());
        }
    }

    @Test
    void theWindowLetsEachCounterThroughOnceInAnyOrderWithinItsSize() {
        List<Long> counters = new ArrayList<>();
        for (long counter = 1; counter <= 3L * ReplayWindow.SIZE; counter++) {
            counters.add(counter);
        }
        Random random = new Random(3);
        for (int from = 0; from < counters.size(); from += 1_000) {
            Collections.shuffle(counters.subList(from, Math.min(from + 1_000, counters.size())), random);
        }
        ReplayWindow window = new ReplayWindow();

        assertThat(counters).allMatch(window::admit);
        assertThat(counters).noneMatch(window::admit);
    }

    @Test
    void theWindowRefusesWhatIsTooFarBehind() {
        ReplayWindow window = new ReplayWindow();

        assertThat(window.admit(0)).isFalse();
        assertThat(window.admit(-5)).isFalse();
        assertThat(window.admit(ReplayWindow.SIZE + 1L)).isTrue();
        assertThat(window.admit(1)).isFalse();
        assertThat(window.admit(2)).isTrue();
        assertThat(window.admit(Long.MAX_VALUE)).isTrue();
        assertThat(window.admit(3)).isFalse();
        assertThat(window.admit(Long.MAX_VALUE - 1)).isTrue();
    }

    private String open(String boot) {
        Verdict verdict = sessions.check(request(boot, 1, ""));
        String session = sessionOf(verdict);
        sessions.check(request(boot, 1, session));
        return session;
    }

    private static String sessionOf(Verdict verdict) {
        return ((Verdict.Reopen) verdict).session();
    }

    private static RequestIdentity request(String boot, long counter, String session) {
        return new RequestIdentity(2, 1, boot, counter, session, Lane.HEARTBEAT, "");
    }
}
