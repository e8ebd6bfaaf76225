package org.wardlock.attacks.extraction;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.nn.model.Architecture;
import org.wardlock.tensor.CpuStatus;
import org.wardlock.tensor.Philox;

/**
 * Groups of like pictures, between which a thief chooses: the classes that the pool came with, or
 * where it has none, what k-means finds in the mean colours of a grid of cells.
 */
final class PictureGroups {
  private static final int CELLS = 4;
  private static final int ROUNDS = 10;
  private static final int PICTURES_A_GROUP = 50;
  private static final int MOST_GROUPS = 100;
  private static final int BATCH = 256;

  private PictureGroups() {}

  /**
   * The group of each picture, from 0.
   *
   * @param copy which says to which size pictures are brought
   */
  static int[] of(Dataset pool, Architecture copy, long seed) {
    int[] labels = IntStream.range(0, pool.size()).map(pool::label).toArray();
    int[] known = Arrays.stream(labels).distinct().sorted().toArray();
    if (known.length > 1 && known[0] != Dataset.UNLABELLED) {
      return Arrays.stream(labels).map(label -> Arrays.binarySearch(known, label)).toArray();
    }
    int groups = Math.clamp(pool.size() / PICTURES_A_GROUP, 1, MOST_GROUPS);
    return cluster(colours(pool, copy), groups, seed);
  }

  /** The mean colour of each cell, from 0 to 255, channel by channel. */
  private static double[][] colours(Dataset pool, Architecture copy) {
    BatchLoader loader =
        BatchLoader.builder(pool)
            .preprocess(copy.preprocessing().pictures())
            .batchSize(Math.min(BATCH, pool.size()))
            .workers(CpuStatus.current().threads())
            .build();
    double[][] colours = new double[pool.size()][];
    int next = 0;
    try (BatchStream batches = loader.epoch(0)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        for (int row = 0; row < batch.size(); row++) {
          colours[next++] = cells(batch, row);
        }
        loader.recycle(batch);
      }
    }
    return colours;
  }

  private static double[] cells(Batch batch, int row) {
    int rows = Math.min(CELLS, batch.height());
    int columns = Math.min(CELLS, batch.width());
    double[] sums = new double[batch.channels() * rows * columns];
    int[] counts = new int[sums.length];
    int at = row * batch.shape().values();
    for (int channel = 0; channel < batch.channels(); channel++) {
      for (int y = 0; y < batch.height(); y++) {
        for (int x = 0; x < batch.width(); x++) {
          int cell =
              (channel * rows + y * rows / batch.height()) * columns + x * columns / batch.width();
          sums[cell] += batch.pixels()[at++] & 0xFF;
          counts[cell]++;
        }
      }
    }
    Arrays.setAll(sums, cell -> sums[cell] / counts[cell]);
    return sums;
  }

  /** Lloyd's algorithm from centres far apart (Arthur and Vassilvitskii 2007). */
  private static int[] cluster(double[][] points, int groups, long seed) {
    double[][] centres = centres(points, groups, seed);
    int[] nearest = new int[points.length];
    for (int round = 0; round < ROUNDS; round++) {
      Arrays.setAll(nearest, i -> nearest(points[i], centres, groups));
      double[][] sums = new double[groups][points[0].length];
      int[] counts = new int[groups];
      for (int i = 0; i < points.length; i++) {
        counts[nearest[i]]++;
        for (int d = 0; d < points[i].length; d++) {
          sums[nearest[i]][d] += points[i][d];
        }
      }
      for (int group = 0; group < groups; group++) {
        int count = counts[group];
        if (count > 0) {
          centres[group] = Arrays.stream(sums[group]).map(sum -> sum / count).toArray();
        }
      }
    }
    return nearest;
  }

  private static double[][] centres(double[][] points, int groups, long seed) {
    var random = new Philox(seed, AttackPurpose.GROUP_CENTRES.number(), 0);
    double[][] centres = new double[groups][];
    double[] distances = new double[points.length];
    Arrays.fill(distances, 1);
    for (int group = 0; group < groups; group++) {
      centres[group] = points[Chances.draw(random.uniform(group), distances)];
      double[] centre = centres[group];
      boolean first = group == 0;
      Arrays.setAll(
          distances,
          i -> {
            double distance = distance(points[i], centre);
            return first ? distance : Math.min(distances[i], distance);
          });
    }
    return centres;
  }

  private static int nearest(double[] point, double[][] centres, int groups) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int group = 0; group < groups; group++) {
      double distance = distance(point, centres[group]);
      if (distance < least) {
        least = distance;
        best = group;
      }
    }
    return best;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += (a[d] - b[d]) * (a[d] - b[d]);
    }
    return sum;
  }
}
