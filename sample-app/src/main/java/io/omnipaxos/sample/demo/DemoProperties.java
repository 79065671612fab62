package io.omnipaxos.sample.demo;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The demo.
 *
 * @param directory Directory for the data and the logs of the nodes. Kept, so that a later demo goes on with it.
 */
@ConfigurationProperties("demo")
record DemoProperties(@DefaultValue("omnipaxos-demo") Path directory) {}
