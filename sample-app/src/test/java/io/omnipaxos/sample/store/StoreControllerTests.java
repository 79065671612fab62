package io.omnipaxos.sample.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.sample.FakeMap;
import io.omnipaxos.sample.node.ClusterProblems;
import io.omnipaxos.spring.state.MapLimitException;
import io.omnipaxos.spring.state.MapLimitException.Limit;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

class StoreControllerTests {

    private final FakeMap<String> store = new FakeMap<>();
    private final MockMvc mvc = MockMvcBuilders.standaloneSetup(new StoreController(store))
            .setControllerAdvice(new ClusterProblems())
            .build();

    @Test
    void aWriteAnswersItsIndex() throws Exception {
        mvc.perform(put("/store/colour").contentType(MediaType.TEXT_PLAIN).content("grün"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.index").value(1));

        assertThat(store.content).containsEntry("colour", "grün");
    }

    @Test
    void aBodyIsTextWhateverItsType() throws Exception {
        mvc.perform(put("/store/a")
                        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                        .content("x=1"))
                .andExpect(status().isOk());

        assertThat(store.content).containsEntry("a", "x=1");
    }

    @Test
    void whatIsStoredIsRead() throws Exception {
        store.put("colour", "grün");

        mvc.perform(get("/store/colour"))
                .andExpect(status().isOk())
                .andExpect(content().contentType("text/plain;charset=UTF-8"))
                .andExpect(content().string("grün"));
    }

    @Test
    void nothingStoredIsNotFound() throws Exception {
        mvc.perform(get("/store/colour")).andExpect(status().isNotFound());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/store", "/store/", "/store/%20", "/store/a%20b", "/store/%C3%A4"})
    void aKeyMustBeOne(String path) throws Exception {
        mvc.perform(put(URI.create(path)).content("x")).andExpect(status().isBadRequest());
        mvc.perform(get(URI.create(path))).andExpect(status().isBadRequest());
    }

    @Test
    void aKeyIsNotTooLong() throws Exception {
        mvc.perform(put("/store/" + "k".repeat(128)).content("x")).andExpect(status().isOk());
        mvc.perform(put("/store/" + "k".repeat(129)).content("x")).andExpect(status().isBadRequest());
    }

    @Test
    void aValueMustBeText() throws Exception {
        mvc.perform(put("/store/a").content(new byte[] {(byte) 0xff})).andExpect(status().isBadRequest());
    }

    @Test
    void aValueIsNotTooLarge() throws Exception {
        mvc.perform(put("/store/a").content(new byte[(1 << 20) + 1])).andExpect(status().is(413));

        assertThat(store.content).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"KEY_SIZE, 413", "VALUE_SIZE, 413", "ENTRIES, 507", "MAP_SIZE, 507"})
    void whatTheMapHasNoRoomForIsToldInItsStatus(Limit limit, int status) throws Exception {
        store.failWith(new MapLimitException(limit, "no, because"));

        mvc.perform(put("/store/a").content("x"))
                .andExpect(status().is(status))
                .andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON))
                .andExpect(jsonPath("$.detail").value("no, because"));
    }

    @ParameterizedTest
    @CsvSource({"NO_LEADER, 503", "OVERLOADED, 503", "STALE_TOKEN, 503", "TOO_LARGE, 413", "UNKNOWN, 504"})
    void whatTheClusterCannotDoIsToldInItsStatus(Outcome outcome, int status) throws Exception {
        store.failWith(new AppendException(outcome, "no, because"));

        mvc.perform(put("/store/a").content("x"))
                .andExpect(status().is(status))
                .andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON))
                .andExpect(jsonPath("$.detail").value("no, because"))
                .andExpect(status == 503 ? header().exists("Retry-After") : header().doesNotExist("Retry-After"));
        mvc.perform(get("/store/a")).andExpect(status().is(status));
    }
}
