package io.omnipaxos.spring.redis;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a storage for this process, as a lock on a file does. There is no lock with an expiry, as that would rest on the
 * clock of the server: who finds an owner that has not let go watches its heartbeat for as long as it could still lead,
 * on the own clock, and takes over only if it stood still all the time. The former owner is refused from then on.
 */
final class Ownership {

    private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final RedisStorageSettings settings;
    private final RedisCalls calls;
    private final Durability durability;
    private boolean checked;

    /** What a look at the storage shows. */
    private record Seen(
            boolean exists,
            String format,
            String cluster,
            String pid,
            String identity,
            String owner,
            boolean released,
            String beat,
            String server,
            String serverAtStart,
            boolean forgotten,
            String patience) {}

    /**
     * A storage that is taken.
     *
     * @param owner names this process in it
     * @param identity its name
     * @param at the monotonic clock just before
     */
    record Taken(String owner, UUID identity, long at) {}

    Ownership(RedisStorageSettings settings, RedisCalls calls) {
        this.settings = settings;
        this.calls = calls;
        this.durability = new Durability(settings, calls);
    }

    /**
     * Takes the storage, or makes an empty one where there is none or it is not to be trusted. Waits where its owner has
     * not let go.
     *
     * @throws RedisStorageException if it is in use, belongs to another node, or is of an unknown format
     */
    Taken take() {
        String owner =
                UUID.randomUUID() + " (process " + ProcessHandle.current().pid() + " on " + hostName() + ")";
        while (true) {
            Seen seen = look();
            if (seen.exists) {
                checkWhose(seen);
                if (!seen.owner.isEmpty() && !seen.released) {
                    watch(seen);
                }
            }
            boolean isNew = isToBeginAnew(seen);
            String identity = isNew ? UUID.randomUUID().toString() : seen.identity;
            UUID name = identity(identity);
            long at = System.nanoTime();
            if (take(seen, owner, isNew, identity)) {
                return new Taken(owner, name, at);
            }
        }
    }

    private Seen look() {
        List<Object> found = calls.run(StorageScripts.OBSERVE, List.of(settings.metaKey()), List.of());
        if (!checked) {
            durability.check(String.join("\n", texts(found.subList(0, 4))));
            checked = true;
        }
        List<String> rest = texts(found.subList(6, found.size()));
        return new Seen(
                found.get(5).equals(1L),
                rest.get(0),
                rest.get(1),
                rest.get(2),
                rest.get(3),
                rest.get(4),
                rest.get(5).equals("1"),
                rest.get(6),
                Bytes.text(found.get(4)),
                rest.get(7),
                rest.get(8).equals("1"),
                rest.get(9));
    }

    private static List<String> texts(List<Object> answers) {
        return answers.stream().map(Bytes::text).toList();
    }

    private void checkWhose(Seen seen) {
        if (!seen.format.equals("1")) {
            throw new RedisStorageException(
                    "the storage " + settings.keys() + " has the format '" + seen.format + "', which this version does"
                            + " not know",
                    "Start the version that wrote it, or a newer one; or check who else uses these keys",
                    null);
        }
        if (!seen.cluster.equals(settings.clusterId()) || !seen.pid.equals(String.valueOf(settings.pid()))) {
            throw new RedisStorageException(
                    "the storage " + settings.keys() + " belongs to node " + seen.pid + " of the cluster '"
                            + seen.cluster + "'",
                    "Do not copy or rename the keys of a storage; an empty one is safe",
                    null);
        }
    }

    /** Until the owner can neither write nor lead. */
    private void watch(Seen first) {
        Duration time = longer(settings.takeoverTime(), first.patience);
        LOG.info(
                "The storage {} was not closed by its owner {}; waiting for {} whether that one still runs",
                settings.keys(),
                first.owner,
                time);
        long began = System.nanoTime();
        while (System.nanoTime() - began < time.toNanos()) {
            try {
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new RedisStorageException("interrupted while the storage was opened", RedisCalls.RESTART, null);
            }
            Seen now = look();
            if (!now.exists || now.released) {
                return;
            }
            if (!now.beat.equals(first.beat) || !now.owner.equals(first.owner)) {
                throw new RedisStorageException(
                        "the storage " + settings.keys() + " is in use by another process: " + now.owner,
                        "Stop that one, or give this node a pid or an omnipaxos.storage.redis.key-prefix of its own",
                        null);
            }
        }
    }

    /** The owner keeps to its own settings, which may differ from those here. */
    private Duration longer(Duration own, String ofOwner) {
        try {
            Duration other = Duration.ofMillis(Long.parseLong(ofOwner));
            return other.compareTo(own) > 0 ? other : own;
        } catch (NumberFormatException damaged) {
            throw Content.damaged(settings, "its owner is to be watched for '" + ofOwner + "' ms");
        }
    }

    private boolean isToBeginAnew(Seen seen) {
        if (!seen.exists || seen.forgotten) {
            return true;
        }
        if (settings.acceptDataLoss() && !seen.server.equals(seen.serverAtStart)) {
            LOG.warn(
                    "Redis was restarted or failed over since the storage {} was used, and may have lost something: it"
                            + " begins anew, like a lost disk",
                    settings.keys());
            return true;
        }
        return false;
    }

    /** False if somebody else was faster, or the owner has let go or found a loss meanwhile. */
    private boolean take(Seen seen, String owner, boolean isNew, String identity) {
        List<String> keys = new ArrayList<>(
                List.of(settings.metaKey(), settings.logKey(), settings.snapshotsKey(), settings.stagedKey()));
        List<byte[]> arguments = new ArrayList<>(List.of(
                Bytes.of(seen.owner),
                Bytes.of(seen.beat),
                Bytes.of(owner),
                Bytes.of(seen.server),
                Bytes.of(settings.takeoverTime().toMillis())));
        if (isNew) {
            Content content = Content.of(settings, calls);
            content.snapshots().keySet().forEach(index -> keys.add(settings.snapshotKey(index)));
            keys.addAll(content.staged());
            arguments.add(Bytes.of(identity));
            arguments.add(Bytes.of(settings.clusterId()));
            arguments.add(Bytes.of(settings.pid()));
        }
        return calls.run(StorageScripts.TAKE, keys, arguments) == 1;
    }

    private UUID identity(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException damaged) {
            throw Content.damaged(settings, "its identity is '" + text + "'");
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "an unnamed host";
        }
    }
}
