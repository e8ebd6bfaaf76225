/** Wardlock side by side with other engines, each in a process of its own. */
package org.wardlock.bench.peers;
