package io.omnipaxos.examples;

/** What only one node may read from. */
interface Inbox {

    void open();

    void poll();

    void close();
}
