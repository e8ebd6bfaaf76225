/**
 * Distilled differentiators (Wu et al., arXiv 1908.11230): small classifiers beside a student of a
 * public teacher, of the same network with units pruned, that validate what the student says. The
 * papers' full text gives no numbers that we could verify; what is our choice is called so in
 * docs/transfer-learning.md.
 */
package org.wardlock.defense.differentiators;
