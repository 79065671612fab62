package io.omnipaxos.examples;

import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

@Configuration(proxyBeanMethods = false)
class KubernetesClientConfiguration {

    @Bean
    RestClient kubernetes(
            SslBundles bundles,
            @Value("${kubernetes.token-file:/var/run/secrets/kubernetes.io/serviceaccount/token}") Path token) {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(bundles.getBundle("kubernetes").createSslContext())
                .build();
        return RestClient.builder()
                .baseUrl("https://kubernetes.default.svc")
                .requestFactory(new JdkClientHttpRequestFactory(client))
                .requestInterceptor((request, body, execution) -> {
                    request.getHeaders().setBearerAuth(Files.readString(token).strip()); // it is exchanged now and then
                    return execution.execute(request, body);
                })
                .build();
    }
}
