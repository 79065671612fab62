package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.spring.transport.BodyReader.Reading;
import io.omnipaxos.spring.transport.BodyReader.Sender;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyReaderTest {

    private static final int LARGE = BodyReader.SMALL + 1;

    private final BodyReader reader = new BodyReader(Nodes.settings(1, "a secret of some length"), () -> 0);

    @Test
    void onlyFewStrangersSendLargeBodiesAtOnce() throws Exception {
        List<Reading> open = new ArrayList<>();
        for (int i = 0; i < BodyReader.LARGE_OF_STRANGERS; i++) {
            Reading reading = reader.of(announcing(LARGE), Sender.STRANGER);
            assertThat(reading.read()).hasSize(LARGE);
            open.add(reading);
        }

        assertRefused(announcing(LARGE), Sender.STRANGER, 503);
        assertRefused(endless(), Sender.STRANGER, 503);
        assertThat(reader.of(announcing(BodyReader.SMALL), Sender.STRANGER).read())
                .hasSize(BodyReader.SMALL);
        assertThat(reader.of(announcing(LARGE), Sender.KNOWN).read()).hasSize(LARGE);
        open.get(0).close();
        open.get(0).close();
        assertThat(reader.of(announcing(LARGE), Sender.STRANGER).read()).hasSize(LARGE);
        assertRefused(announcing(LARGE), Sender.STRANGER, 503);
    }

    @Test
    void aSuspectMaySendALittleOnly() throws Exception {
        assertThat(reader.of(announcing(BodyReader.SMALL), Sender.SUSPECT).read())
                .hasSize(BodyReader.SMALL);
        assertRefused(announcing(LARGE), Sender.SUSPECT, 429);
        assertRefused(endless(), Sender.SUSPECT, 429);
    }

    @Test
    void nobodySendsMoreThanTheLimit() throws Exception {
        for (Sender sender : Sender.values()) {
            assertRefused(announcing(Nodes.MAX_BYTES + 1), sender, 413);
        }
        assertRefused(endless(), Sender.KNOWN, 413);
        assertRefused(endless(), Sender.STRANGER, 413);
        assertThat(reader.of(announcing(Nodes.MAX_BYTES), Sender.KNOWN).read()).hasSize(Nodes.MAX_BYTES);
    }

    private void assertRefused(PeerRequest request, Sender sender, int status) {
        try (Reading reading = reader.of(request, sender)) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(reading::read)
                    .satisfies(refused -> assertThat(refused.problem().status()).isEqualTo(status));
        }
    }

    private static PeerRequest announcing(int bytes) {
        return request(bytes, new ByteArrayInputStream(new byte[bytes]));
    }

    private static PeerRequest endless() {
        return request(-1, new InputStream() {
            @Override
            public int read() {
                return 1;
            }
        });
    }

    private static PeerRequest request(long length, InputStream body) {
        return new PeerRequest(PeerService.MESSAGES, "POST", name -> null, length, null, false, false, body);
    }
}
