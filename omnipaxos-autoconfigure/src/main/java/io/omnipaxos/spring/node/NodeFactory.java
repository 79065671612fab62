package io.omnipaxos.spring.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.StartupFault;
import io.omnipaxos.spring.transport.MembersClient;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.transport.Transport;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the node of each start, in the configuration that holds: the one in its storage, else the one that a member tells
 * a node that is to join, else the one of the settings.
 */
public final class NodeFactory {

    private static final Logger LOG = LoggerFactory.getLogger(NodeFactory.class);

    private final NodeSettings settings;
    private final StorageFactory storages;
    private final TransportFactory transports;
    private final Maker maker;
    private final Supplier<@Nullable URI> member;
    private final Supplier<MembersClient> clients;

    /** Makes a node that was never started. */
    @FunctionalInterface
    public interface Maker {

        /**
         * Called once for each start.
         *
         * @param storage open; the node closes it
         * @param transport not started, told of the members; the node starts and closes it
         */
        OmniPaxosNode make(NodeSettings settings, Storage storage, Transport transport);
    }

    /**
     * Opens nothing yet.
     *
     * @param settings their configuration counts only if there is no other
     * @param maker makes nodes of what is open
     * @param member the base URL of any member of the cluster to join, null if this node does not join
     * @param clients makes what asks that member
     */
    public NodeFactory(
            NodeSettings settings,
            StorageFactory storages,
            TransportFactory transports,
            Maker maker,
            Supplier<@Nullable URI> member,
            Supplier<MembersClient> clients) {
        this.settings = settings;
        this.storages = storages;
        this.transports = transports;
        this.maker = maker;
        this.member = member;
        this.clients = clients;
    }

    /**
     * Opens the storage.
     *
     * @throws StorageException if it cannot be opened
     * @throws OmniPaxosStartupException if it is the application's own and says no more than a trace
     */
    Preparation prepare() {
        Storage storage = open();
        try {
            Membership membership = storage.state().membership();
            if (membership != null) {
                ClusterConfiguration stored = membership.configuration();
                sayWhatHolds(stored);
                return new Prepared(
                        storage, settings.toBuilder().configuration(stored).build(), null);
            }
            Joining joining = member.get() == null ? null : new Joining(settings.pid(), member, clients.get());
            return new Prepared(storage, settings, joining);
        } catch (Throwable failure) {
            storage.close();
            throw failure;
        }
    }

    /** That of the application may do anything. */
    private Storage open() {
        Storage storage;
        try {
            storage = storages.open();
        } catch (StorageException | OmniPaxosStartupException told) {
            throw told;
        } catch (RuntimeException failure) {
            OmniPaxosStartupException fault = fault("failed: " + failure);
            fault.initCause(failure);
            throw fault;
        }
        if (storage == null) {
            throw fault("returned null");
        }
        return storage;
    }

    private OmniPaxosStartupException fault(String what) {
        return new OmniPaxosStartupException(List.of(new StartupFault(
                "The StorageFactory of the application, " + storages.getClass().getName() + ", " + what,
                "Correct that bean, or remove it for the storage that the properties below omnipaxos.storage"
                        + " describe.")));
    }

    private void sayWhatHolds(ClusterConfiguration stored) {
        if (member.get() != null) {
            LOG.info(
                    "Node {} goes on in configuration {} of the nodes {}, as its storage says; nobody is asked for"
                            + " another",
                    settings.pid(),
                    stored.id(),
                    stored.nodes());
            return;
        }
        ClusterConfiguration written = settings.configuration();
        if (written.id() != stored.id()
                || !written.nodes().equals(stored.nodes())
                || !written.quorums().equals(stored.quorums())) {
            LOG.info(
                    "Node {} goes on in configuration {} of the nodes {} with a read quorum of {} and a write quorum of"
                            + " {}, as its storage says; of the properties, which name configuration {} of the nodes {},"
                            + " only addresses count",
                    settings.pid(),
                    stored.id(),
                    stored.nodes(),
                    stored.quorums().read(),
                    stored.quorums().write(),
                    written.id(),
                    written.nodes());
        }
    }

    private final class Prepared implements Preparation {

        private final Storage storage;
        private final NodeSettings known;
        private final @Nullable Joining joining;

        private Prepared(Storage storage, NodeSettings known, @Nullable Joining joining) {
            this.storage = storage;
            this.known = known;
            this.joining = joining;
        }

        @Override
        public boolean isToJoin() {
            return member.get() != null;
        }

        @Override
        public @Nullable Joining joining() {
            return joining;
        }

        @Override
        public OmniPaxosNode node(@Nullable ClusterConfiguration told) {
            try {
                return make(
                        told == null
                                ? known
                                : known.toBuilder().configuration(told).build());
            } catch (Throwable failure) {
                storage.close();
                throw failure;
            }
        }

        private OmniPaxosNode make(NodeSettings began) {
            Transport transport = transports.create();
            try {
                transport.members(began.configuration());
                return maker.make(began, storage, transport);
            } catch (Throwable failure) {
                transport.close();
                throw failure;
            }
        }

        @Override
        public void discard() {
            if (joining != null) {
                joining.close();
            }
            storage.close();
        }
    }
}
