package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalsTest {

    private final AtomicLong clock = new AtomicLong(-5);
    private final Refusals refusals = new Refusals(1, clock::get);

    @Test
    void anAddressHasABudgetThatFillsUpAgain() {
        InetAddress address = address("10.0.0.1");
        for (int i = 0; i < Refusals.BURST; i++) {
            assertThat(refusals.count(address, "reason")).isFalse();
        }
        assertThat(refusals.count(address, "reason")).isTrue();
        assertThat(refusals.isExceeded(address)).isTrue();

        clock.addAndGet(TimeUnit.SECONDS.toNanos(1));

        for (int i = 0; i < Refusals.PER_SECOND; i++) {
            assertThat(refusals.count(address, "reason")).isFalse();
        }
        assertThat(refusals.count(address, "reason")).isTrue();
        clock.addAndGet(TimeUnit.DAYS.toNanos(1));
        assertThat(refusals.isExceeded(address)).isFalse();
    }

    @Test
    void addressesHaveBudgetsOfTheirOwnAndNetworksOfIpV6CountAsOne() {
        exhaust("10.0.0.1");
        exhaust("2001:db8::1");

        assertThat(refusals.isExceeded(address("10.0.0.2"))).isFalse();
        assertThat(refusals.isExceeded(address("2001:db8::ffff:1"))).isTrue();
        assertThat(refusals.isExceeded(address("2001:db8:0:1::1"))).isFalse();
        assertThat(refusals.isExceeded(null)).isFalse();
        exhaust(null);
        assertThat(refusals.isExceeded(null)).isTrue();
    }

    @Test
    void onlySoManyAddressesAreRemembered() {
        exhaust("10.0.0.1");
        for (int i = 0; i < Refusals.MAX_ADDRESSES - 1; i++) {
            refusals.count(address("10.1." + i / 256 + "." + i % 256), "reason");
        }
        assertThat(refusals.isExceeded(address("10.0.0.1"))).isTrue();

        for (int i = 0; i < Refusals.MAX_ADDRESSES; i++) {
            refusals.count(address("10.2." + i / 256 + "." + i % 256), "reason");
        }

        assertThat(refusals.isExceeded(address("10.0.0.1"))).isFalse();
    }

    @Test
    void aPeerMayConnectFromAnAddressWithNothingLeft() {
        exhaust("10.0.0.1");
        assertThat(refusals.mayConnect(address("10.0.0.1"))).isFalse();
        assertThat(refusals.mayConnect(address("10.0.0.2"))).isTrue();

        refusals.heardPeer(address("10.0.0.1"));

        assertThat(refusals.mayConnect(address("10.0.0.1"))).isTrue();
        clock.addAndGet(TimeUnit.MINUTES.toNanos(11));
        exhaust("10.0.0.1");
        assertThat(refusals.mayConnect(address("10.0.0.1"))).isFalse();
    }

    private void exhaust(String address) {
        for (int i = 0; i < Refusals.BURST; i++) {
            refusals.count(address == null ? null : address(address), "reason");
        }
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException cannotHappenForAnAddress) {
            throw new IllegalArgumentException(cannotHappenForAnAddress);
        }
    }
}
