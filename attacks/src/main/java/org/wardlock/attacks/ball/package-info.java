/** Sets of pictures near a clean one: how to stay inside and which way leads out fastest. */
package org.wardlock.attacks.ball;
