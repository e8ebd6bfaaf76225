/** Attacks on whole data sets, with records that survive a kill. */
package org.wardlock.attacks.evaluation;
