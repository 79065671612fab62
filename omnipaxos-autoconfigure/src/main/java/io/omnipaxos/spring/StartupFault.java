package io.omnipaxos.spring;

/**
 * One thing in an application that cannot work.
 *
 * @param description what is wrong, and where
 * @param action what to do about it
 */
public record StartupFault(String description, String action) {}
