package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.node.NeverLeader;
import io.omnipaxos.spring.node.NoLog;
import io.omnipaxos.spring.state.MapStateMachine;
import io.omnipaxos.spring.state.ReplicatedLog;
import io.omnipaxos.spring.state.ReplicatedMaps;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/**
 * What stands in for the node where it is switched off: the application starts, and leader-only work never runs. Unless
 * somebody else brings a leadership, and a log for the maps, as tests do.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(PropertyCondition.Disabled.class)
class DisabledConfiguration {

    private static final String REASON = "omnipaxos.enabled is false on this node";

    @Bean
    @ConditionalOnMissingBean
    Leadership leadership() {
        return new NeverLeader(REASON);
    }

    @Bean
    @ConditionalOnMissingBean
    ReplicatedMaps replicatedMaps(
            DerivedSettings settings,
            ObjectProvider<ReplicatedLog> log,
            ObjectProvider<MapStateMachine> machine,
            ObjectProvider<JsonMapper> mapper) {
        return new ReplicatedMaps(
                log.getIfAvailable(() -> new NoLog(REASON)),
                machine.getIfAvailable(MapStateMachine::new),
                Duration.ofSeconds(5),
                mapper.getIfAvailable(JsonMapper::shared),
                settings.mapLimits(),
                WatchThreads.of(settings.pid()));
    }
}
