package io.omnipaxos.spring.transport;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Why a request was refused, as RFC 9457 has it. Its words come from this node, never from the request, except for pids.
 *
 * @param type always {@code about:blank}: the status tells the kind
 * @param title the kind, in words
 * @param status the status of the answer
 * @param detail what is wrong and what to look at
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>
 */
record Problem(
        @Nullable String type,
        @Nullable String title,
        int status,
        @Nullable String detail) {

    static final String CONTENT_TYPE = "application/problem+json";

    static final int TOO_MANY_REQUESTS = 429;
    static final String TOO_MANY_TITLE = "Too Many Requests";

    private static final int MAX_DETAIL = 300;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(8).build())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    static Problem of(int status, String title, String detail) {
        return new Problem("about:blank", title, status, detail);
    }

    static Problem tooSlow() {
        return of(408, "Request Timeout", "the body came too slowly");
    }

    /** Tells an address that it was refused too often, and why the last time. */
    static Problem tooMany(Problem last) {
        return last.status == TOO_MANY_REQUESTS
                ? last
                : of(
                        TOO_MANY_REQUESTS,
                        TOO_MANY_TITLE,
                        "too many requests from this address were refused, this one because: " + last.detail);
    }

    byte[] toJson() {
        return MAPPER.writeValueAsBytes(this);
    }

    /** The words of a problem that a peer answered, shortened and on one line; null if there are none. */
    static @Nullable String detailOf(byte[] json) {
        try {
            Problem problem = MAPPER.readValue(json, Problem.class);
            String detail = problem == null ? null : problem.detail();
            if (detail == null) {
                return null;
            }
            String line = detail.replaceAll("\\p{Cntrl}", " ");
            return line.length() <= MAX_DETAIL ? line : line.substring(0, MAX_DETAIL) + "…";
        } catch (JacksonException notAProblem) {
            return null;
        }
    }
}
