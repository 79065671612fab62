package io.omnipaxos.spring.redis;

import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSentinelConnection;

/** Connections to one server and, after a failover, to another. */
final class SwitchedConnections implements RedisConnectionFactory {

    private volatile RedisConnectionFactory present;

    SwitchedConnections(RedisConnectionFactory first) {
        this.present = first;
    }

    void switchTo(RedisConnectionFactory next) {
        present = next;
    }

    @Override
    public RedisConnection getConnection() {
        return present.getConnection();
    }

    @Override
    public RedisClusterConnection getClusterConnection() {
        return present.getClusterConnection();
    }

    @Override
    public RedisSentinelConnection getSentinelConnection() {
        return present.getSentinelConnection();
    }

    @Override
    public boolean getConvertPipelineAndTxResults() {
        return present.getConvertPipelineAndTxResults();
    }

    @Override
    public DataAccessException translateExceptionIfPossible(RuntimeException failure) {
        return present.translateExceptionIfPossible(failure);
    }
}
