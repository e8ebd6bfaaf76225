package org.wardlock.threat.recovery;

/**
 * How well a guess at a key fits a model, on the attacker's labelled pictures.
 *
 * @param accuracy the share answered rightly
 * @param loss the mean cross-entropy
 */
public record GuessScore(double accuracy, double loss) {}
