package io.omnipaxos.spring.web;

import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.node.AdvertisedUrls;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** What a client is told by a node that does not lead, whichever web framework carries it. */
final class NotLeaderAnswer {

    static final HttpStatus STATUS = HttpStatus.SERVICE_UNAVAILABLE;

    private final long ownPid;
    private final AdvertisedUrls urls;
    private final String retryAfter;

    /**
     * Makes the answers of a node.
     *
     * @param ownPid this node, which is no place to send a client to: it holds no lease when it refuses
     * @param retryAfter when a leader should be there again
     */
    NotLeaderAnswer(long ownPid, AdvertisedUrls urls, Duration retryAfter) {
        this.ownPid = ownPid;
        this.urls = urls;
        this.retryAfter = String.valueOf(Math.max(1, retryAfter.plusMillis(999).toSeconds()));
    }

    /** In whole seconds, at least one. */
    String retryAfter() {
        return retryAfter;
    }

    /** What stands in the problem beside the usual. */
    Map<String, @Nullable Object> leader(NotLeaderException exception) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("leader", leader(exception.leader()));
        return answer;
    }

    private @Nullable Map<String, @Nullable Object> leader(Optional<Leader> leader) {
        if (leader.isEmpty() || leader.get().pid() == ownPid) {
            return null;
        }
        URI url = urls.of(leader.get().pid());
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("pid", leader.get().pid());
        answer.put("url", url == null ? null : url.toString());
        return answer;
    }
}
