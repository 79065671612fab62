package io.omnipaxos.simulation;

/**
 * How a network carries messages, in each direction between two nodes.
 *
 * @param latencyNanos the mean one-way delay, at least 0
 * @param spread width of the range around the mean from which delays are drawn, as a share of the mean, from 0 to 2
 * @param slowShare the share of messages, from 0 to 1, that take up to twenty times as long
 * @param loss the share of messages that are lost, from 0 to 1
 * @param duplication the share of messages that arrive twice, from 0 to 1
 * @param ordered whether no message overtakes another
 * @param bytesPerSecond how much is carried, 0 if there is no limit
 */
public record LinkConditions(
        long latencyNanos,
        double spread,
        double slowShare,
        double loss,
        double duplication,
        boolean ordered,
        long bytesPerSecond) {

    public LinkConditions {
        if (latencyNanos < 0 || bytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "delays and limits are not negative: " + latencyNanos + " ns, " + bytesPerSecond + " bytes/s");
        }
        share("slow share", slowShare, 1);
        share("loss", loss, 1);
        share("duplication", duplication, 1);
        share("spread", spread, 2);
    }

    private static void share(String what, double value, double most) {
        if (!(value >= 0 && value <= most)) {
            throw new IllegalArgumentException("the " + what + " is from 0 to " + most + ", not " + value);
        }
    }

    /** Every message arrives, after this time or a tenth more or less. */
    public static LinkConditions latency(long nanos) {
        return new LinkConditions(nanos, 0.2, 0, 0, 0, false, 0);
    }

    /** These conditions without slow messages, loss, repetition or a limit. */
    public LinkConditions healed() {
        return new LinkConditions(latencyNanos, spread, 0, 0, 0, ordered, 0);
    }

    /** These conditions without messages that overtake others, as on a connection. */
    public LinkConditions inOrder() {
        return new LinkConditions(latencyNanos, spread, slowShare, loss, duplication, true, bytesPerSecond);
    }

    public LinkConditions withLoss(double share) {
        return new LinkConditions(latencyNanos, spread, slowShare, share, duplication, ordered, bytesPerSecond);
    }

    public LinkConditions withDuplication(double share) {
        return new LinkConditions(latencyNanos, spread, slowShare, loss, share, ordered, bytesPerSecond);
    }

    public LinkConditions withBytesPerSecond(long bytes) {
        return new LinkConditions(latencyNanos, spread, slowShare, loss, duplication, ordered, bytes);
    }
}
