/**
 * How far an attacker with a keyed model's weights gets towards its key, and what the guess is then
 * worth in an attack.
 */
package org.wardlock.threat.recovery;
