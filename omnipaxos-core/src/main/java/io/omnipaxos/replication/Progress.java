package io.omnipaxos.replication;

import io.omnipaxos.message.ReplicationMessage.Nonce;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What the leader knows of one follower. */
final class Progress {

    /** How many messages with entries may be on their way to one follower. */
    private static final int MAX_IN_FLIGHT = 16;

    private @Nullable Nonce synced;
    private boolean promised;
    private boolean inStep;
    private long acceptedIndex;
    private long nextIndex;
    private long sentDecidedIndex;
    private long sentInRound;
    private long toldAheadInRound = -1;
    private final Deque<Long> inFlight = new ArrayDeque<>();

    /** A synchronisation up to an index was sent in answer to the promise with this nonce. */
    void synchronised(Nonce nonce, long lastIndex, long decidedIndex, long heartbeatRound) {
        synced = nonce;
        promised = true;
        inStep = false;
        nextIndex = lastIndex + 1;
        inFlight.clear();
        sent(lastIndex, decidedIndex, heartbeatRound);
    }

    /** The follower must be prepared anew. */
    void forget() {
        synced = null;
        promised = false;
        inStep = false;
    }

    /** The follower has promised, but is too far behind to be synchronised at once. */
    void promised() {
        forget();
        promised = true;
    }

    /** Whether the next word is the follower's: it sends its promise again until it is in step. */
    boolean hasPromised() {
        return promised || inStep;
    }

    /** Whether the synchronisation for this promise, or a later one, has arrived. */
    boolean isInStepSince(Nonce nonce) {
        return inStep && synced != null && synced.compareTo(nonce) >= 0;
    }

    boolean isInStep() {
        return inStep;
    }

    /** Whether entries may be sent: a synchronisation was sent before, or is not needed. */
    boolean isSynchronised() {
        return inStep || synced != null;
    }

    long acceptedIndex() {
        return acceptedIndex;
    }

    long nextIndex() {
        return nextIndex;
    }

    boolean mayHaveMoreInFlight() {
        return inFlight.size() < MAX_IN_FLIGHT;
    }

    boolean owesDecision(long decidedIndex) {
        return sentDecidedIndex < decidedIndex;
    }

    void sent(long lastIndex, long decidedIndex, long heartbeatRound) {
        nextIndex = Math.max(nextIndex, lastIndex + 1);
        sentDecidedIndex = decidedIndex;
        sentInRound = heartbeatRound;
        inFlight.addLast(lastIndex);
    }

    /** Whether the follower is to be told, once in a round, that it must learn what is not sent to it any more. */
    boolean owesAhead(long heartbeatRound) {
        boolean owes = toldAheadInRound != heartbeatRound;
        toldAheadInRound = heartbeatRound;
        return owes;
    }

    void sentDecision(long decidedIndex) {
        sentDecidedIndex = decidedIndex;
    }

    /**
     * The follower has accepted up to an index in this ballot.
     *
     * @return whether it came in step with this
     */
    boolean accepted(long index) {
        boolean came = !inStep;
        inStep = true;
        acceptedIndex = Math.max(acceptedIndex, index);
        nextIndex = Math.max(nextIndex, acceptedIndex + 1);
        while (!inFlight.isEmpty() && inFlight.peekFirst() <= acceptedIndex) {
            inFlight.removeFirst();
        }
        return came;
    }

    /**
     * The follower lacked entries when it heard a heartbeat that was sent after them: they are lost, or late.
     *
     * @param heartbeatRound the round of that heartbeat
     */
    void lackedAt(long heartbeatRound) {
        if (inStep && nextIndex > acceptedIndex + 1 && heartbeatRound > sentInRound) {
            sendAgain();
        }
    }

    /** What is not acknowledged is sent again. */
    void sendAgain() {
        if (inStep) {
            nextIndex = acceptedIndex + 1;
            sentDecidedIndex = 0;
            inFlight.clear();
        }
    }
}
