package org.wardlock.tensor.cpu;

/**
 * Contiguous values within an array: where a kernel reads or writes; how many follows from the
 * extents it is given.
 *
 * @param offset of the first
 */
public record FloatSlice(float[] data, int offset) {}
