package io.omnipaxos.spring.transport;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;

/** A request as the server made it: filters may hide its headers and its length. */
public final class OriginalRequest {

    private OriginalRequest() {}

    /** What is within all wrappers. */
    public static HttpServletRequest of(HttpServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        return inner instanceof HttpServletRequest http ? http : request;
    }
}
