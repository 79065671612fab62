package io.omnipaxos.effect;

/**
 * Both clocks of this machine, read together. The monotonic one measures; the wall clock only shows that the machine
 * was suspended or its clock set, and is never compared with another machine's.
 *
 * @param nanos the monotonic clock, in nanoseconds from an arbitrary origin; never decreases within one process
 * @param wallMillis the wall clock, in milliseconds since 1970
 */
public record ClockReading(long nanos, long wallMillis) {}
