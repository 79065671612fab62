package io.omnipaxos.spring.actuate;

import io.omnipaxos.spring.actuate.NodeDescription.ConfigurationDescription;
import io.omnipaxos.spring.actuate.NodeDescription.LeaderDescription;
import org.jspecify.annotations.Nullable;

/**
 * What became of an action as the endpoint shows it.
 *
 * @param action as it was asked for, null if none was
 * @param outcome DONE, CONTINUES if it takes longer than the request may, REFUSED if nothing was changed, or FAILED
 * @param message what became of it, or what to do, in words
 * @param leader who leads, where that is why it was refused; null otherwise, and where nobody is known to lead
 * @param configuration the next one, where a reconfiguration is done; null otherwise
 * @param snapshotIndex up to where a snapshot that is done covers the log, null otherwise
 */
@Description
public record ActionDescription(
        @Nullable String action,
        String outcome,
        String message,
        @Nullable LeaderDescription leader,
        @Nullable ConfigurationDescription configuration,
        @Nullable Long snapshotIndex) {

    static ActionDescription done(String action, String message) {
        return new ActionDescription(action, "DONE", message, null, null, null);
    }

    static ActionDescription done(String action, String message, ConfigurationDescription configuration) {
        return new ActionDescription(action, "DONE", message, null, configuration, null);
    }

    static ActionDescription done(String action, String message, long snapshotIndex) {
        return new ActionDescription(action, "DONE", message, null, null, snapshotIndex);
    }

    static ActionDescription continues(String action, String message) {
        return new ActionDescription(action, "CONTINUES", message, null, null, null);
    }

    static ActionDescription failed(String action, String message) {
        return new ActionDescription(action, "FAILED", message, null, null, null);
    }

    static ActionDescription refused(@Nullable String action, String message, @Nullable LeaderDescription leader) {
        return new ActionDescription(action, "REFUSED", message, leader, null, null);
    }
}
