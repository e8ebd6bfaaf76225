/**
 * Copying a classifier by asking it: a thief with a budget chooses pictures ({@link
 * org.wardlock.attacks.extraction.QueryStrategy}), asks a service ({@link
 * org.wardlock.attacks.extraction.QueryOracle}), writes down what it says ({@link
 * org.wardlock.attacks.extraction.Inquiry}), trains a network on that ({@link
 * org.wardlock.attacks.extraction.CopyTraining}) and uses it.
 */
package org.wardlock.attacks.extraction;
