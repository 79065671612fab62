package io.omnipaxos.spring.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Finds no host but this one. Where nothing protects what nodes say, it must not leave the machine, whatever an address
 * resolves to by now and wherever it came from.
 */
final class LoopbackOnly implements DnsResolver {

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] found = SystemDefaultDnsResolver.INSTANCE.resolve(host);
        if (!Arrays.stream(found).allMatch(InetAddress::isLoopbackAddress)) {
            throw new ElsewhereException(host);
        }
        return found;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
    }

    /** A host that is known, but is another one. */
    static final class ElsewhereException extends UnknownHostException {

        private static final long serialVersionUID = 1L;

        ElsewhereException(String host) {
            super(host + " is not this host, and nothing is sent there without a shared-secret or an ssl-bundle; set"
                    + " one on all nodes");
        }
    }
}
