package io.omnipaxos.spring.redis;

import io.omnipaxos.storage.StorageException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a storage holds besides the entries and the content of snapshots.
 *
 * @param state sealed; empty before the first write
 * @param sequence number of the last write, as text
 * @param entries how many there are
 * @param snapshots sealed, by their indexes as text
 * @param staged keys of snapshots that were not committed
 */
record Content(byte[] state, String sequence, long entries, SortedMap<String, byte[]> snapshots, List<String> staged) {

    static Content of(RedisStorageSettings settings, RedisCalls calls) {
        List<Object> found = calls.run(
                StorageScripts.CONTENT,
                List.of(settings.metaKey(), settings.logKey(), settings.snapshotsKey(), settings.stagedKey()),
                List.of());
        List<?> pairs = (List<?>) found.get(3);
        SortedMap<String, byte[]> snapshots = new TreeMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            snapshots.put(Bytes.text(pairs.get(i)), (byte[]) pairs.get(i + 1));
        }
        List<String> staged = ((List<?>) found.get(4)).stream().map(Bytes::text).toList();
        return new Content((byte[]) found.get(0), Bytes.text(found.get(1)), (Long) found.get(2), snapshots, staged);
    }

    static StorageException damaged(RedisStorageSettings settings, String what) {
        return new RedisStorageException(
                "the storage " + settings.keys() + " is damaged: " + what,
                "Find out who writes to these keys. If the other nodes are a quorum, delete all keys that begin so and"
                        + " start the node again: it takes part anew, like one that lost its disk",
                null);
    }
}
