/** Attacks that see nothing but which class a picture is taken for. */
package org.wardlock.attacks.decision;
