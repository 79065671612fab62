/** Classes with annotations that a search is to find. */
package io.omnipaxos.spring.test.unserved;
