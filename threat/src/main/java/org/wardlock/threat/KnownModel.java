package org.wardlock.threat;

import org.wardlock.nn.Classifier;
import org.wardlock.nn.weights.Weights;

/**
 * A model that an attacker holds: it can be asked, differentiated and opened.
 *
 * @param name for reports
 * @param classifier without any key: one that was trained behind a key wants transformed pictures
 * @param weights the same model's, under timm's names
 */
public record KnownModel(String name, Classifier classifier, Weights weights) {}
