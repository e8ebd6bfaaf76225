/** Attacks that know that there is a key. */
package org.wardlock.threat;
