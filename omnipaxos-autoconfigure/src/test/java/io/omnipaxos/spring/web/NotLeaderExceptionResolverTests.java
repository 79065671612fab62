package io.omnipaxos.spring.web;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.nullValue;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.FakeLeadership;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

class NotLeaderExceptionResolverTests {

    private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
            .withUserConfiguration(MvcConfiguration.class)
            .withBean(Work.class);

    @Test
    void answersWithTheLeader() {
        contextRunner.run(mvc(mvc -> mvc.perform(get("/jobs/2"))
                .andExpect(status().isServiceUnavailable())
                .andExpect(header().string("Retry-After", "1"))
                .andExpect(content().contentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON))
                .andExpect(jsonPath("$.status").value(503))
                .andExpect(jsonPath("$.title").value("Service Unavailable"))
                .andExpect(jsonPath("$.detail").value("not here"))
                .andExpect(jsonPath("$.instance").value("/jobs/2"))
                .andExpect(jsonPath("$.leader.pid").value(2))
                .andExpect(jsonPath("$.leader.url").value("http://node-2:8080"))));
    }

    @Test
    void answersWithoutAUrlThatIsNotKnown() {
        contextRunner.run(mvc(mvc -> mvc.perform(get("/jobs/3"))
                .andExpect(jsonPath("$.leader.pid").value(3))
                .andExpect(jsonPath("$.leader.url").value(nullValue()))));
    }

    @Test
    void neverSendsAClientToThisNodeItself() {
        contextRunner.run(mvc(mvc -> mvc.perform(get("/jobs/1"))
                .andExpect(status().isServiceUnavailable())
                .andExpect(jsonPath("$.leader").value(nullValue()))));
    }

    @Test
    void answersWithoutALeader() {
        contextRunner.run(mvc(mvc -> mvc.perform(get("/jobs/none"))
                .andExpect(status().isServiceUnavailable())
                .andExpect(header().string("Retry-After", "1"))
                .andExpect(jsonPath("$.leader").value(nullValue()))));
    }

    @Test
    void winsOverAnAdviceForAllExceptions() {
        contextRunner
                .withBean(CatchAll.class)
                .run(mvc(mvc -> mvc.perform(get("/jobs/2")).andExpect(status().isServiceUnavailable())));
    }

    @Test
    void givesWayToAnAdviceForThisException() {
        contextRunner
                .withBean(Special.class)
                .run(mvc(mvc -> mvc.perform(get("/jobs/2"))
                        .andExpect(status().isConflict())
                        .andExpect(content().string("special"))));
    }

    @Test
    void givesWayToAHandlerOfTheController() {
        contextRunner
                .withBean(OwnHandler.class)
                .run(mvc(mvc -> mvc.perform(get("/own"))
                        .andExpect(status().isConflict())
                        .andExpect(content().string(containsString("own")))));
    }

    @Test
    void leavesOtherExceptionsAlone() {
        contextRunner
                .withBean(CatchAll.class)
                .run(mvc(mvc -> mvc.perform(get("/broken")).andExpect(status().isInternalServerError())));
    }

    private interface Check {
        void on(MockMvc mvc) throws Exception;
    }

    private static ContextConsumer<AssertableWebApplicationContext> mvc(Check check) {
        return context -> check.on(MockMvcBuilders.webAppContextSetup(context).build());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebMvc
    static class MvcConfiguration {

        @Bean
        NotLeaderExceptionResolver resolver(ListableBeanFactory beanFactory) {
            return new NotLeaderExceptionResolver(
                    1,
                    pid -> pid == 2 ? URI.create("http://node-2:8080") : null,
                    new ApplicationHandlers(beanFactory),
                    Duration.ofMillis(500));
        }
    }

    @RestController
    static class Work {

        @GetMapping("/jobs/none")
        void none() {
            throw new NotLeaderException("not here", null);
        }

        @GetMapping("/jobs/1")
        void one() {
            throw new NotLeaderException("not here", FakeLeadership.leader(1));
        }

        @GetMapping("/jobs/2")
        void two() {
            throw new NotLeaderException("not here", FakeLeadership.leader(2));
        }

        @GetMapping("/jobs/3")
        void three() {
            throw new NotLeaderException("not here", FakeLeadership.leader(3));
        }

        @GetMapping("/broken")
        void broken() {
            throw new IllegalStateException();
        }
    }

    @RestControllerAdvice
    static class CatchAll {

        @ExceptionHandler(Exception.class)
        @ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
        void any() {}
    }

    @RestControllerAdvice
    static class Special {

        @ExceptionHandler
        @ResponseStatus(HttpStatus.CONFLICT)
        String special(NotLeaderException exception) {
            return "special";
        }
    }

    @RestController
    static class OwnHandler {

        @GetMapping("/own")
        void own() {
            throw new NotLeaderException("not here", null);
        }

        @ExceptionHandler(NotLeaderException.class)
        @ResponseStatus(HttpStatus.CONFLICT)
        String handle() {
            return "own";
        }
    }
}
