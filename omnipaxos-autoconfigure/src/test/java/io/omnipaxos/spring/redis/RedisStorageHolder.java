package io.omnipaxos.spring.redis;

import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.storage.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Another process that has the storage open, and writes to it at each line that it is told, until it is ended. */
final class RedisStorageHolder {

    private RedisStorageHolder() {}

    public static void main(String[] arguments) throws IOException {
        LettuceConnectionFactory connections =
                new LettuceConnectionFactory("127.0.0.1", Integer.parseInt(arguments[0]));
        connections.afterPropertiesSet();
        connections.start();
        RedisStorage storage = RedisStorage.open(connections, RedisStorageFaultTests.SETTINGS);
        System.out.println("opened");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (lines.readLine() != null) {
            try {
                storage.write(WriteBatch.bootCounter(storage.state().bootCounter() + 1));
                System.out.println("written");
            } catch (StorageException refused) {
                System.out.println(refused.getMessage());
            }
        }
    }
}
