package io.omnipaxos.spring.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Keys with certificates that sign themselves, made by the JDK's own tool while the test runs. */
public final class Certificates {

    public static final String PASSWORD = "changeit";

    private final Path directory;
    private final Map<String, Path> keys = new ConcurrentHashMap<>();

    public Certificates(Path directory) {
        this.directory = directory;
    }

    /** A key store with one key, whose certificate is for 127.0.0.1. */
    public Path key(String name) {
        return keys.computeIfAbsent(name, unmade -> make(unmade, "-validity", "2", "-ext", "SAN=ip:127.0.0.1"));
    }

    /**
     * The same, but its certificate is signed by an authority.
     *
     * @param options of keytool for the certificate, such as its validity
     */
    public Path keySignedBy(String authority, String name, String... options) {
        return keys.computeIfAbsent(name, unmade -> {
            Path file = make(unmade, "-validity", "2");
            Path request = directory.resolve(unmade + ".csr");
            Path certificate = directory.resolve(unmade + ".pem");
            Path root = directory.resolve(authority + ".pem");
            keytool("-certreq", file, "-file", request.toString());
            List<String> sign = new ArrayList<>(List.of(
                    "-infile", request.toString(), "-outfile", certificate.toString(), "-ext", "SAN=ip:127.0.0.1"));
            sign.addAll(List.of(options));
            keytool("-gencert", key(authority), sign.toArray(String[]::new));
            keytool("-exportcert", key(authority), "-rfc", "-file", root.toString());
            keytool("-importcert", file, "-alias", "root", "-noprompt", "-file", root.toString());
            keytool("-importcert", file, "-noprompt", "-file", certificate.toString());
            return file;
        });
    }

    /** A key that may sign certificates. */
    public Path authority(String name) {
        return keys.computeIfAbsent(name, unmade -> make(unmade, "-validity", "9", "-ext", "bc:c"));
    }

    /** The same, but its certificate is for another host. */
    public Path keyOfOtherHost(String name) {
        return keys.computeIfAbsent(name, unmade -> make(unmade, "-validity", "2", "-ext", "SAN=ip:127.0.0.9"));
    }

    /** A trust store of the certificates of these keys; may be written again, with others. */
    public Path trust(String name, String... trusted) {
        Path file = directory.resolve(name + "-trust.p12");
        Path written = directory.resolve(name + "-trust.new");
        try {
            KeyStore store = emptyStore();
            for (String one : trusted) {
                store.setCertificateEntry(one, certificate(one));
            }
            try (OutputStream out = Files.newOutputStream(written)) {
                store.store(out, PASSWORD.toCharArray());
            }
            return Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (GeneralSecurityException | IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    public X509Certificate certificate(String name) {
        try {
            return (X509Certificate) load(key(name)).getCertificate("node");
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException(failure);
        }
    }

    PeerTls.Material material(String key, String... trusted) {
        X509TrustManager trust = trustManager(trusted);
        return new PeerTls.Material(context(key, trust), trust, List.of(), List.of());
    }

    /**
     * A context of a client.
     *
     * @param key empty for none
     */
    public SSLContext context(String key, String... trusted) {
        return context(key, trustManager(trusted));
    }

    private SSLContext context(String key, X509TrustManager trust) {
        try {
            KeyManager[] own = new KeyManager[0];
            if (!key.isEmpty()) {
                KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                keyManagers.init(load(key(key)), PASSWORD.toCharArray());
                own = keyManagers.getKeyManagers();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, new X509TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private X509TrustManager trustManager(String... trusted) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(load(trust("context", trusted)));
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private Path make(String name, String... options) {
        Path file = directory.resolve(name + ".p12");
        List<String> all = new ArrayList<>(List.of("-keyalg", "EC", "-dname", "CN=" + name));
        all.addAll(List.of(options));
        keytool("-genkeypair", file, all.toArray(String[]::new));
        return file;
    }

    private static void keytool(String what, Path store, String... options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                what,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString()));
        if (!List.of(options).contains("-alias")) {
            command.addAll(List.of("-alias", "node"));
        }
        command.addAll(List.of(options));
        try {
            Process keytool = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new IllegalStateException("keytool failed: " + what);
            }
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ending);
        }
    }

    private static KeyStore load(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            return store;
        } catch (GeneralSecurityException | IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
