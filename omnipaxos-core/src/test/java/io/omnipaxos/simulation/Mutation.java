package io.omnipaxos.simulation;

/** A deliberate defect of one line, as the line is and as it becomes. */
enum Mutation {

    // what must be durable first
    ACCEPTED_SENT_BEFORE_SYNC("effect/EffectsBuilder", "            ReplicationMessage.Accepted.class,\n", ""),
    BOOT_COUNTER_NOT_RAISED(
            "node/NodeLoop", "storage.state().bootCounter() + 1", "Math.max(1, storage.state().bootCounter())"),

    // what is decided
    DECIDED_BY_ONE_LESS_THAN_A_QUORUM(
            "replication/Leading",
            "accepted[accepted.length - writeQuorum]",
            "accepted[accepted.length - Math.max(1, writeQuorum - 1)]"),
    DECIDED_ON_THE_FIRST_ACKNOWLEDGEMENT(
            "replication/Leading", "accepted[accepted.length - writeQuorum]", "accepted[accepted.length - 1]"),
    LED_WITH_ONE_PROMISE_TOO_FEW(
            "replication/Preparing",
            "promises.size() + 1 >= paxos.configuration().quorums().read()",
            "promises.size() + 2 >= paxos.configuration().quorums().read()"),
    REPLIES_COUNTED_TWICE(
            "election/ballot/BallotLeaderElection", "return others + 1 >= needed;", "return 2 * others + 1 >= needed;"),
    DECIDED_TAKEN_FROM_AN_EARLY_HEARTBEAT(
            "replication/SequencePaxos",
            "        phase.decided(decidedIndex);\n",
            "        log.decide(decidedIndex);\n"),
    ACCEPTED_INDEX_TAKEN_FROM_A_PROMISE(
            "replication/Leading",
            "        progress(pid)\n                .synchronised(",
            "        boolean unused = progress(pid).accepted(promise.acceptedIndex());\n"
                    + "        progress(pid)\n                .synchronised("),
    WORSE_LOG_ADOPTED(
            "replication/Leading",
            "promise.acceptedRound().equals(adoptedRound) && promise.acceptedIndex() > bestIndex",
            "promise.acceptedIndex() > bestIndex"),
    OWN_LOG_KEPT_AGAINST_A_NEWER_ROUND(
            "replication/Leading",
            "long bestIndex = log.acceptedRound().equals(adoptedRound) ? log.acceptedIndex() : -1;",
            "long bestIndex = log.acceptedIndex();"),
    LOG_OF_ANY_ROUND_TAKEN_FOR_A_PREFIX(
            "replication/Leading",
            "} else if (promise.acceptedRound().equals(adoptedRound)) {",
            "} else if (!promise.acceptedRound().isNone()) {"),
    ROUND_ACCEPTED_WITHOUT_ITS_ENTRIES(
            "replication/Promising",
            "        send();\n    }\n\n    /**",
            "        paxos.effects().persist(io.omnipaxos.effect.WriteBatch.accepted(prepare.ballot(),"
                    + " new io.omnipaxos.effect.LogWrite(log.acceptedIndex() + 1, List.of()), log.decidedIndex()));\n"
                    + "        send();\n    }\n\n    /**"),
    PROMISE_NOT_WRITTEN("replication/SequencePaxos", "        effects.persist(WriteBatch.promise(ballot));\n", ""),
    LOWER_BALLOT_OBEYED(
            "replication/SequencePaxos",
            "        return ballot.equals(promise);\n",
            "        return !ballot.isAbove(promise);\n"),
    APPLIED_BEFORE_DECIDED(
            "replication/ReplicaLog", "return Math.min(decidedIndex, durableIndex);", "return durableIndex;"),

    // leases
    LEASE_FROM_THE_TIME_OF_THE_REPLY(
            "replica/OwnLeadership",
            "            present.held().answered(from, answer.round(), answer.granted());\n",
            "            present.held().answeredAt(parts.now(), from, answer.round(), answer.granted());\n",
            "lease/HeldLease",
            "    /** Whether the grant of this node still counts. */",
            "    /** Counts from now. */\n    public void answeredAt(ClockReading now, long from, long answeredRound,"
                    + " boolean granted) {\n        answered(from, answeredRound, granted);\n"
                    + "        grants.computeIfPresent(from, (pid, grant) -> new Grant(grant.round(), now));\n    }\n\n"
                    + "    /** Whether the grant of this node still counts. */"),
    LEASE_FROM_THE_LATEST_SENDING(
            "lease/HeldLease",
            "        ClockReading sentAt = sentRounds.get(answeredRound);\n",
            "        ClockReading sentAt = sentRounds.lastEntry().getValue();\n"),
    LEASE_BY_ONE_GRANT_TOO_FEW(
            "lease/HeldLease", "sent[sent.length - writeQuorum]", "sent[sent.length - Math.max(1, writeQuorum - 1)]"),
    LEASE_NEVER_ENDS(
            "effect/Lease",
            "return Math.max(passed, wallPassed) < durationNanos && passed - wallPassed <= durationNanos;",
            "return true;"),
    SUSPENSION_NOT_NOTICED(
            "effect/Lease",
            "return Math.max(passed, wallPassed) < durationNanos && passed - wallPassed <= durationNanos;",
            "return passed < durationNanos;"),
    OWN_TAKEOVER_BESIDE_A_GRANT(
            "replication/SequencePaxos",
            "if (own.isAbove(promise) && surroundings.mayPromise(own)) {",
            "if (own.isAbove(promise)) {",
            "replica/Member",
            "introductions.isEligible() && parts.gate().isOpen(parts.nowNanos()),",
            "introductions.isEligible(),"),
    PROMISE_BESIDE_A_GRANT(
            "replication/SequencePaxos", "} else if (surroundings.mayPromise(ballot)) {", "} else if (true) {"),
    NO_WAIT_AFTER_A_RESTART(
            "replica/Replica", "gate.awaitGrantsBefore(promise, startedAt.nanos() + state.largestGrantNanos());", ""),
    LARGEST_GRANT_NOT_WRITTEN(
            "replica/GivenGrants", "            parts.effects().persist(WriteBatch.largestGrant(nanos));\n", ""),
    LEASE_KEPT_AFTER_RELEASE(
            "replica/OwnLeadership",
            "        current.revoke(reason);\n        present = null;\n        parts.gate().release(",
            "        parts.gate().release("),
    RELEASED_WITHOUT_DRAINING(
            "node/Handover", "CompletableFuture.allOf(told, drained)", "CompletableFuture.allOf(told)"),
    LEASE_KEPT_OVER_THE_END_OF_A_CONFIGURATION("replica/OwnLeadership", "            current.close(reason);\n", ""),
    LEADERSHIP_GRANTED_BEFORE_ITS_ENTRY_IS_APPLIED(
            "replica/LeadershipState", " && appliedIndex >= leadershipIndex) {", ") {"),
    UNHAPPY_FOLLOWER_GRANTS(
            "replica/GivenGrants",
            "boolean granted = following && isContentWith(heartbeat) && grant(heartbeat);",
            "boolean granted = following && grant(heartbeat);",
            "replica/OwnLeadership",
            "boolean happy = parts.election().happy() && isAble() && !current.isClosing();",
            "boolean happy = !current.isClosing();"),

    // storages, configurations and snapshots
    LOST_DISK_NOT_NOTICED(
            "replica/Introductions",
            "        if (known == null) {\n            known = introduction.identity();",
            "        if (true) {\n            known = introduction.identity();"),
    OLD_CONFIGURATION_GOES_ON(
            "replication/ReplicaLog",
            "return endsConfiguration(stopSign) ? stopSign : null;",
            "return endsConfiguration(stopSign) && decidedIndex == acceptedIndex() ? stopSign : null;"),
    SESSIONS_LEFT_OUT_OF_SNAPSHOTS(
            "node/Applier",
            "filter = CommandFilter.readFrom(new DataInputStream(source));",
            "CommandFilter dropped = CommandFilter.readFrom(new DataInputStream(source));"),

    // files
    RECORD_NOT_FORCED(
            "storage/file/SegmentWriter",
            "        file.write(ByteBuffer.wrap(record.bytes(), 0, length), position);\n        file.force();\n",
            "        file.write(ByteBuffer.wrap(record.bytes(), 0, length), position);\n"),
    SEGMENT_NAME_NOT_FORCED(
            "storage/file/SegmentDirectory",
            "        layer.rename(preparedPathOf(number), pathOf(number));\n"
                    + "        layer.forceDirectory(directory);\n",
            "        layer.rename(preparedPathOf(number), pathOf(number));\n"),
    SNAPSHOT_NOT_FORCED(
            "storage/file/SnapshotFileWriter",
            "        file.write(new SnapshotHeader(owner, info).encode(), 0);\n        file.force();\n",
            "        file.write(new SnapshotHeader(owner, info).encode(), 0);\n"),
    CHANGED_RECORD_TAKEN_FOR_UNFINISHED(
            "storage/file/TornTail", "zeroSectors <= header.zeroSectors() && !endMissing", "zeroSectors < 0"),

    // clients
    REPETITIONS_APPLIED("node/CommandFilter", "!sessions.isFirst(command)", "!(sessions.isFirst(command) || true)"),
    STALE_TOKENS_ACCEPTED(
            "node/CommandFilter", "command.fencingToken() != 0 && command.fencingToken() < newestToken", "false"),
    STALE_READS(
            "replica/Proposals",
            "        } else if (leader != null) {\n            parts.send(leader, new ReadIndexRequest(",
            "        } else if (true) {\n"
                    + "            parts.effects().notice(new Notice.ReadIndex(number, parts.log().decidedIndex()));\n"
                    + "        } else if (leader != null) {\n            parts.send(leader, new ReadIndexRequest("),
    READS_BEFORE_APPLYING(
            "node/PendingReads",
            "take(read -> read.index >= 0 && read.index <= index)",
            "take(read -> read.index >= 0)"),
    DEPOSED_LEADER_ANSWERS_READS(
            "replica/Proposals",
            "        if (own.leads()) {\n            parts.effects().notice(new Notice.ReadIndex(number,",
            "        if (parts.paxos().isLeading()) {\n            parts.effects().notice(new Notice.ReadIndex(number,"),
    REFUSED_THOUGH_PROPOSED("node/PendingAppends", "if (byOther || pending.proposals > 1) {", "if (false) {");

    private final String[] edits;

    Mutation(String... edits) {
        this.edits = edits;
    }

    /** Triples: the class below io.omnipaxos, what stands there exactly once, and what is to stand there. */
    String[] edits() {
        return edits;
    }
}
