package io.omnipaxos.spring.jdbc;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.StaleTokenException;
import java.sql.Connection;
import java.util.Optional;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The fencing token of the running leader-only work, for SQL: as a parameter ({@code where token <= :token}), or as a
 * guard of a whole transaction. A bean; safe for use by any thread.
 */
public final class FencingToken {

    /** The table that {@link #claim} uses unless another is named. */
    public static final String DEFAULT_TABLE = "fencing_token";

    private final Leadership leadership;
    private final JdbcOperations database;
    private final JdbcClient jdbc;
    private final String table;

    /**
     * Makes a guard; asks the database for nothing yet.
     *
     * @param database where the table is, and whose transactions are guarded
     * @param table with the columns {@code resource} (its key) and {@code token} (a number of 64 bits). Goes into SQL as it
     *     is, so it must not come from outside
     */
    public FencingToken(Leadership leadership, JdbcOperations database, String table) {
        this.leadership = leadership;
        this.database = database;
        this.jdbc = JdbcClient.create(database);
        this.table = table;
    }

    /**
     * The token to write along.
     *
     * @throws io.omnipaxos.leadership.NotLeaderException outside leader-only work, or once the work is over
     */
    public long value() {
        return leadership.fencingToken();
    }

    /**
     * Notes that this leadership writes to a resource, and holds its row until the running transaction ends: what the
     * transaction writes lands before anything of a newer leadership, or not at all.
     *
     * @param resource the key of a row that is there
     * @throws StaleTokenException if a newer leadership has claimed the resource; roll back
     * @throws IllegalStateException if no transaction of this database is running, or there is no row for the resource
     * @throws io.omnipaxos.leadership.NotLeaderException outside leader-only work, or once the work is over
     */
    public void claim(String resource) {
        long token = value();
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException(
                    "claim('" + resource + "') holds a row until the end of a transaction, and none"
                            + " is running here: make the leader-only method @Transactional");
        }
        if (commitsEachStatement()) {
            throw new IllegalStateException(
                    "claim('" + resource + "') holds a row until the end of a transaction, and the transaction that is"
                            + " running here is not one of the database of table " + table
                            + ": name the transaction manager of its DataSource in @Transactional");
        }
        int claimed = jdbc.sql("update " + table + " set token = :token where resource = :resource and token <= :token")
                .param("token", token)
                .param("resource", resource)
                .update();
        if (claimed == 0) {
            throw refusal(resource, token);
        }
    }

    /** Whoever runs a transaction on a connection, JTA and JPA too, has taken it out of this mode. */
    private boolean commitsEachStatement() {
        return Boolean.TRUE.equals(database.execute((ConnectionCallback<Boolean>) Connection::getAutoCommit));
    }

    private RuntimeException refusal(String resource, long token) {
        Optional<Long> newest = jdbc.sql("select token from " + table + " where resource = :resource")
                .param("resource", resource)
                .query(Long.class)
                .optional();
        return newest.<RuntimeException>map(seen -> new StaleTokenException(resource, token, seen))
                .orElseGet(() -> new IllegalStateException("table " + table + " has no row for the resource '"
                        + resource + "': add one where you make the" + " table, with token 0"));
    }
}
