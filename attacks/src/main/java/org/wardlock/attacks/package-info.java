/** Attacks that know a classifier only by its interface. */
package org.wardlock.attacks;
