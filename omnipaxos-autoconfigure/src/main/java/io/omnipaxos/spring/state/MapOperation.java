package io.omnipaxos.spring.state;

/** The writes that a map knows. */
enum MapOperation {
    PUT,
    PUT_IF_ABSENT,
    REPLACE,
    REMOVE
}
