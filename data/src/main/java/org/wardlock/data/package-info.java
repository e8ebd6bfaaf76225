/**
 * Data sets and batches. {@link org.wardlock.data.Dataset} is what every source of pictures looks
 * like, {@link org.wardlock.data.BatchLoader} turns it into {@link org.wardlock.data.Batch}es.
 *
 * <p>Every choice (order, crop, flip) is a function of the seed, the epoch and the picture, never
 * of the thread that made it, so a run can be repeated, or taken up again at any batch, to the same
 * bits.
 */
package org.wardlock.data;
