package io.omnipaxos.spring.autoconfigure;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name that a StatefulSet gives its pods: a common part and an ordinal from 0. */
final class PodName {

    private static final Pattern ORDINAL = Pattern.compile("-(\\d{1,9})$");

    private PodName() {}

    /** The name of this host, without its domain. */
    static String hostName() {
        String name = System.getenv("HOSTNAME");
        if (name == null) {
            try {
                name = InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unnamed) {
                name = "";
            }
        }
        return name.split("\\.", 2)[0];
    }

    /** The ordinal plus one, as pids are positive; empty if the name does not end in an ordinal. */
    static OptionalLong pid(String hostName) {
        Matcher matcher = ORDINAL.matcher(hostName);
        return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1)) + 1) : OptionalLong.empty();
    }
}
