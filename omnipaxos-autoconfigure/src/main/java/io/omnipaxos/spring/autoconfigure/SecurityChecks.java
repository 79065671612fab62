package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.autoconfigure.OmniPaxosProperties.Transport;
import io.omnipaxos.spring.transport.BaseUrl;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import org.springframework.validation.Errors;

/** Looks at what proves to each other that nodes are peers. What is printed of a fault shows no secret. */
final class SecurityChecks {

    private final DerivedSettings settings;
    private final Transport transport;
    private final Errors errors;

    SecurityChecks(DerivedSettings settings, Errors errors) {
        this.settings = settings;
        this.transport = settings.properties().transport();
        this.errors = errors;
    }

    void run() {
        checkNotBlank("transport.sharedSecret", transport.sharedSecret(), "a long random text, the same on every node");
        checkNotBlank(
                "transport.sharedSecretPrevious",
                transport.sharedSecretPrevious(),
                "the secret that the others may still have, or leave it out");
        checkNotBlank("transport.sslBundle", transport.sslBundle(), "the name of an SSL bundle");
        checkPreviousSecret();
        if (transport.sharedSecret() == null && transport.sslBundle() == null) {
            checkLoopback();
        } else if (transport.sharedSecret() == null) {
            checkHttps();
        }
    }

    private void checkNotBlank(String field, @Nullable String value, String instead) {
        if (value != null && !StringUtils.hasText(value)) {
            reject(field, "is empty; write " + instead);
        }
    }

    /** The fault is one of the whole group, as the value of a field would be printed. */
    private void checkPreviousSecret() {
        String previous = transport.sharedSecretPrevious();
        if (!StringUtils.hasText(previous)) {
            return;
        }
        if (transport.sharedSecret() == null) {
            reject(
                    "transport",
                    "has shared-secret-previous without shared-secret; write the new secret in"
                            + " omnipaxos.transport.shared-secret");
        } else if (transport.sharedSecret().equals(previous)) {
            reject(
                    "transport",
                    "has the same secret in shared-secret and shared-secret-previous; write the new one in"
                            + " omnipaxos.transport.shared-secret, or leave the other out");
        }
    }

    private void checkLoopback() {
        members()
                .filter(url -> !BaseUrl.isLoopback(url))
                .findFirst()
                .ifPresent(url -> reject(
                        "transport.sharedSecret",
                        "is missing, but the peer at " + url + " is not on the loopback interface of this host; "
                                + "write a long random text, the same on every node, or name an SSL bundle for mutual"
                                + " TLS in omnipaxos.transport.ssl-bundle"));
    }

    private void checkHttps() {
        Consumer<String> plain = url -> reject(
                "transport.sslBundle",
                "is all that proves who a peer is, but the peer at " + url + " is not reached by https; write https://"
                        + " in the URLs of peers, or set omnipaxos.transport.shared-secret on all nodes");
        members()
                .filter(url -> !url.toLowerCase(Locale.ROOT).startsWith("https:"))
                .findFirst()
                .ifPresent(plain);
    }

    private Stream<String> members() {
        return Stream.concat(
                        settings.peers().values().stream(),
                        Stream.ofNullable(settings.properties().join()))
                .filter(url -> BaseUrl.fault(url) == null);
    }

    private void reject(String field, String reason) {
        errors.rejectValue(field, "invalid", reason);
    }
}
