/** Attacks that follow the gradient of a loss. */
package org.wardlock.attacks.gradient;
