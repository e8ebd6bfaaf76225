package org.wardlock.defense;

/**
 * What a classifier takes a picture for.
 *
 * @param label name of the likeliest class, or its number where classes have no names
 * @param index number of the likeliest class, from 0
 * @param probability which the model gives it, in [0, 1]
 */
public record Prediction(String label, int index, float probability) {}
