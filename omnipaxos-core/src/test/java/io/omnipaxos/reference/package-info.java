/**
 * The scenarios of the tests of the OmniPaxos reference, a class for each group, on the real replica. Logs begin with index
 * 1 and with the entry of the first leader; a stop-sign is an entry; what the reference trims or snapshots on request each
 * node compacts under its own snapshots; what it batches by number or time goes with one step.
 *
 * <table>
 * <caption>Where each group is</caption>
 * <tr><th>ble</th><td>{@code BallotElectionScenarioTest}</td></tr>
 * <tr><th>consensus (a)</th><td>{@code ConsensusScenarioTest}</td></tr>
 * <tr><th>consensus (b), (c)</th><td>{@code ReadScenarioTest}</td></tr>
 * <tr><th>reconnect (1) to (8)</th><td>{@code ReconnectScenarioTest}</td></tr>
 * <tr><th>recovery</th><td>{@code RecoveryScenarioTest}</td></tr>
 * <tr><th>sync</th><td>{@code SyncScenarioTest}</td></tr>
 * <tr><th>trim, snapshot</th><td>{@code CompactionScenarioTest}</td></tr>
 * <tr><th>flexible quorum</th><td>{@code FlexibleQuorumScenarioTest}, and in virtual time
 *     {@code io.omnipaxos.simulation.FlexibleQuorumsTest}</td></tr>
 * <tr><th>reconfig</th><td>{@code StopSignScenarioTest}, and in virtual time
 *     {@code io.omnipaxos.simulation.ReconfigurationScenarioTest}</td></tr>
 * <tr><th>batching</th><td>{@code BatchingScenarioTest}</td></tr>
 * <tr><th>forward_proposal</th><td>{@code ForwardScenarioTest}</td></tr>
 * <tr><th>atomic_storage</th><td>{@code AtomicStorageScenarioTest}</td></tr>
 * <tr><th>config</th><td>{@code ClusterConfigurationTest}, {@code QuorumsTest}, and the tests of the properties</td></tr>
 * <tr><th>unit: pids with gaps</th><td>{@code AdoptionTest.h2_…}</td></tr>
 * </table>
 *
 * <p>The faults that are known of the reference, and what its history warns of, are tests named {@code b1_…} to
 * {@code b14_…} and {@code h1_…} to {@code h13_…}, each where it belongs.
 */
@NullMarked
package io.omnipaxos.reference;

import org.jspecify.annotations.NullMarked;
