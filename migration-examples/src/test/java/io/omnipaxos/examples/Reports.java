package io.omnipaxos.examples;

/** What the reports of a night are written to. */
interface Reports {

    void write();
}
