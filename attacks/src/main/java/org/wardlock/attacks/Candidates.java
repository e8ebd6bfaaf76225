package org.wardlock.attacks;

import org.wardlock.tensor.Tensor;

/**
 * What an attack comes back with, one row a picture.
 *
 * @param images the best it saw of each, within the threat
 * @param reached whether the classifier answered that image as the attack wants
 * @param losses the value of the attack's loss there
 */
public record Candidates(Tensor images, boolean[] reached, double[] losses) {}
