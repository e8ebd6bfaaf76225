/** Attacks that go together. */
package org.wardlock.attacks.suite;
