package io.omnipaxos.sample.store;

import io.omnipaxos.spring.state.ReplicatedMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Text by key. What is answered as written can be read on every node, whichever node was asked to write. */
@RestController
@RequestMapping(path = "/store")
class StoreController {

    /** What is read of a request at most; the map takes less, and says so. */
    private static final int MAX_VALUE_BYTES = 1 << 20;

    private static final Pattern KEY = Pattern.compile("[\\p{Alnum}._:-]{1,128}");

    private final ReplicatedMap<String> store;

    StoreController(ReplicatedMap<String> store) {
        this.store = store;
    }

    /**
     * A write that is decided.
     *
     * @param index in the replicated log
     */
    record Written(long index) {}

    /** The body is text in UTF-8, whatever its type says: a plain {@code curl -d} declares a form. */
    @PutMapping("/{key}")
    Written put(@PathVariable String key, InputStream body) throws IOException {
        check(key);
        return new Written(store.put(key, text(body)).index());
    }

    @GetMapping(path = "/{key}", produces = "text/plain;charset=UTF-8")
    String get(@PathVariable String key) {
        check(key);
        return store.get(key)
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "nothing is stored as " + key));
    }

    @RequestMapping({"", "/"})
    void withoutKey() {
        check("");
    }

    private static void check(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, "a key has 1 to 128 letters, digits, dots, colons, dashes and underscores");
        }
    }

    private static String text(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MAX_VALUE_BYTES + 1);
        if (bytes.length > MAX_VALUE_BYTES) {
            throw new ResponseStatusException(
                    HttpStatus.CONTENT_TOO_LARGE, "a value has at most " + MAX_VALUE_BYTES + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException invalid) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "a value is text in UTF-8", invalid);
        }
    }
}
