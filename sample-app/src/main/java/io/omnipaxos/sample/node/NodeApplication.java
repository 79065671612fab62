package io.omnipaxos.sample.node;

import io.omnipaxos.sample.settlement.Settlement;
import io.omnipaxos.sample.settlement.SettlementProperties;
import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** One node: the starter does the election, the rest is what any application would write. */
@SpringBootApplication(
        scanBasePackages = {"io.omnipaxos.sample.node", "io.omnipaxos.sample.settlement", "io.omnipaxos.sample.store"})
@EnableScheduling
@EnableConfigurationProperties(SettlementProperties.class)
public class NodeApplication {

    @Bean
    ReplicatedMap<Settlement> settlements(ReplicatedMaps maps) {
        return maps.get("settlements", Settlement.class);
    }

    @Bean
    ReplicatedMap<Long> progress(ReplicatedMaps maps) {
        return maps.get("progress", Long.class);
    }

    @Bean
    ReplicatedMap<String> store(ReplicatedMaps maps) {
        return maps.get("store");
    }
}
