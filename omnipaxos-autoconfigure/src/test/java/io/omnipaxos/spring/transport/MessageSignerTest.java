package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageSignerTest {

    private static final RequestIdentity IDENTITY = new RequestIdentity(2, 1, "boot", 1, "", Lane.LOG, "");
    private static final byte[] BODY = {1, 2, 3};

    /** The ways from an old to a new secret, whichever way round the two are written at first. */
    @ParameterizedTest
    @CsvSource({
        "old,,      old,,      true",
        "old,,      new, old,  true",
        "old,,      old, new,  true",
        "old, new,  new, old,  true",
        "new, old,  new, old,  true",
        "new, old,  new,,      true",
        "old,,      new,,      false",
        "old, new,  else,,     false",
        "old, new,  else, new, true"
    })
    void nodesUnderstandEachOtherIfTheyHaveASecretInCommon(
            String present, String previous, String othersPresent, String othersPrevious, boolean understood) {
        MessageSigner one = MessageSigner.of(new PeerSecurity(present, previous, null));
        MessageSigner other = MessageSigner.of(new PeerSecurity(othersPresent, othersPrevious, null));

        assertThat(other.isRequestSigned(IDENTITY, BODY, one.signRequest(IDENTITY, BODY)))
                .isEqualTo(understood);
        assertThat(one.isRequestSigned(IDENTITY, BODY, other.signRequest(IDENTITY, BODY)))
                .isEqualTo(understood);
        assertThat(other.isAnswerSigned(IDENTITY, 200, "", "", BODY, one.signAnswer(IDENTITY, 200, "", "", BODY)))
                .isEqualTo(understood);
    }

    @Test
    void whereClientsReachANodeIsSigned() {
        MessageSigner signer = new MessageSigner("secret");
        RequestIdentity told = new RequestIdentity(2, 1, "boot", 1, "", Lane.LOG, "https://node-2");
        RequestIdentity altered = new RequestIdentity(2, 1, "boot", 1, "", Lane.LOG, "https://evil-2");

        String request = signer.signRequest(told, BODY);
        String answer = signer.signAnswer(IDENTITY, 200, "", "https://node-1", BODY);

        assertThat(signer.isRequestSigned(told, BODY, request)).isTrue();
        assertThat(signer.isRequestSigned(altered, BODY, request)).isFalse();
        assertThat(signer.isRequestSigned(IDENTITY, BODY, request)).isFalse();
        assertThat(signer.isAnswerSigned(IDENTITY, 200, "", "https://node-1", BODY, answer))
                .isTrue();
        assertThat(signer.isAnswerSigned(IDENTITY, 200, "", "https://evil-1", BODY, answer))
                .isFalse();
        assertThat(signer.isAnswerSigned(IDENTITY, 200, "", "", BODY, answer)).isFalse();
    }

    @Test
    void thePresentSecretSignsFirst() {
        String under = new MessageSigner("new").signRequest(IDENTITY, BODY);

        assertThat(new MessageSigner("new", "old").signRequest(IDENTITY, BODY)).startsWith(under + ",");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", ",", ",,,,", "zz", "00", "é", "00,00"})
    void whatIsNoSignatureIsRefused(String signature) {
        assertThat(new MessageSigner("new", "old").isRequestSigned(IDENTITY, BODY, signature))
                .isFalse();
    }

    @Test
    void moreSignaturesThanThereAreSecretsAreNotLookedAt() {
        String right = new MessageSigner("new").signRequest(IDENTITY, BODY);

        assertThat(new MessageSigner("new").isRequestSigned(IDENTITY, BODY, right + "," + right))
                .isTrue();
        assertThat(new MessageSigner("new").isRequestSigned(IDENTITY, BODY, right + "," + right + "," + right))
                .isFalse();
    }

    @Test
    void aPreviousSecretNeedsAPresentOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PeerSecurity(null, "old", null));
        assertThatIllegalArgumentException().isThrownBy(() -> new PeerSecurity(" ", null, null));
        assertThat(MessageSigner.of(PeerSecurity.NONE)).isNull();
        assertThat(new PeerSecurity("new secret", "old secret", null).toString())
                .doesNotContain(" secret");
    }
}
