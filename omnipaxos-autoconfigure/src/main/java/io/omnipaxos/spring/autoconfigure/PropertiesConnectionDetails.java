package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The addresses in the properties, also that of this node if it is there. */
final class PropertiesConnectionDetails implements OmniPaxosConnectionDetails {

    private final DerivedSettings settings;

    PropertiesConnectionDetails(DerivedSettings settings) {
        this.settings = settings;
    }

    @Override
    public Set<Long> peers() {
        return settings.peers().keySet();
    }

    @Override
    public @Nullable URI url(long pid) {
        String url = settings.members().get(pid);
        return url == null ? null : URI.create(url);
    }

    @Override
    public @Nullable URI join() {
        String join = settings.properties().join();
        return join == null ? null : URI.create(join);
    }
}
