package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.jdbc.FencingToken;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Auto-configuration for fencing tokens in SQL. */
@AutoConfiguration(
        after = OmniPaxosAutoConfiguration.class,
        afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnClass(JdbcClient.class)
@ConditionalOnSingleCandidate(DataSource.class)
@ConditionalOnBean(Leadership.class)
public final class OmniPaxosJdbcAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    FencingToken fencingToken(Leadership leadership, DataSource dataSource) {
        return new FencingToken(leadership, new JdbcTemplate(dataSource), FencingToken.DEFAULT_TABLE);
    }
}
