package io.omnipaxos.spring.web;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.json.JsonMapper;

/** A problem (RFC 9457) as JSON, whatever the application's own mapper does and whichever web framework carries it. */
final class ProblemBody {

    private ProblemBody() {}

    /**
     * Writes one.
     *
     * @param instance the path that was asked for
     * @param more what stands behind the members that every problem has
     */
    static byte[] of(HttpStatus status, @Nullable String detail, String instance, Map<String, @Nullable Object> more) {
        Map<String, @Nullable Object> problem = new LinkedHashMap<>();
        problem.put("type", "about:blank");
        problem.put("title", status.getReasonPhrase());
        problem.put("status", status.value());
        problem.put("detail", detail);
        problem.put("instance", instance);
        problem.putAll(more);
        return JsonMapper.shared().writeValueAsBytes(problem);
    }
}
