/**
 * What an attack is, what it may change and what it found. An attack knows a classifier only by its
 * interface.
 */
package org.wardlock.attacks;
