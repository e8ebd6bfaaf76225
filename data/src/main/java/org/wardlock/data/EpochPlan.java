package org.wardlock.data;

/**
 * Which picture goes where in an epoch.
 *
 * @param epoch from 0
 * @param order the pictures' indices as they come
 * @param batchSize of all batches but the last
 * @param pictures how many of the order are used
 */
record EpochPlan(int epoch, int[] order, int batchSize, int pictures) {
  int batches() {
    return Math.ceilDiv(pictures, batchSize);
  }

  int size(int batch) {
    return Math.min(batchSize, pictures - batch * batchSize);
  }

  int index(int batch, int position) {
    return order[batch * batchSize + position];
  }
}
