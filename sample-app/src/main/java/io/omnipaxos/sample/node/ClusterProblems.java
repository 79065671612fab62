package io.omnipaxos.sample.node;

import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.spring.state.MapLimitException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Tells a client what the cluster could not do, and whether it may have been done all the same. */
@RestControllerAdvice
public class ClusterProblems {

    /** A new leader is there after about two seconds. */
    private static final String RETRY_AFTER_SECONDS = "2";

    /** Says with 503 that nothing was written, and with 504 that nobody knows. Found also as the cause of another. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> failed(AppendException failure) {
        HttpStatus status = status(failure.outcome());
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, String.valueOf(failure.getMessage()));
        problem.setProperty("outcome", failure.outcome());
        ResponseEntity.BodyBuilder answer =
                ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            answer.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        return answer.body(problem);
    }

    /** Says with 413 that the request is too large, and with 507 that there is no room for it. Nothing was written. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooMuch(MapLimitException failure) {
        HttpStatus status =
                switch (failure.limit()) {
                    case KEY_SIZE, VALUE_SIZE -> HttpStatus.CONTENT_TOO_LARGE;
                    case ENTRIES, MAP_SIZE -> HttpStatus.INSUFFICIENT_STORAGE;
                };
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, String.valueOf(failure.getMessage()));
        problem.setProperty("limit", failure.limit());
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    /** Says with 400 that a parameter is not what the web server takes for text. Nothing was done. */
    @ExceptionHandler
    ProblemDetail undecodable(InvalidParameterException failure) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, "a parameter is not text in UTF-8");
    }

    private static HttpStatus status(Outcome outcome) {
        return switch (outcome) {
            case NO_LEADER, OVERLOADED, STALE_TOKEN -> HttpStatus.SERVICE_UNAVAILABLE;
            case TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
            case UNKNOWN -> HttpStatus.GATEWAY_TIMEOUT;
        };
    }
}
