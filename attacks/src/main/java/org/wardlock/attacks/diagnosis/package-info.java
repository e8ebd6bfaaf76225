/** Signs that an evaluation says less about a classifier than it seems to. */
package org.wardlock.attacks.diagnosis;
