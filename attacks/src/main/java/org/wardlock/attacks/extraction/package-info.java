/** Copying a classifier by asking it: what its answers give away. */
package org.wardlock.attacks.extraction;
