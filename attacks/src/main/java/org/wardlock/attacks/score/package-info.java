/** Attacks that see scores alone: no gradient. */
package org.wardlock.attacks.score;
