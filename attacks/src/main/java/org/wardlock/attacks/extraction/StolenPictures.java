package org.wardlock.attacks.extraction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Rows;
import org.wardlock.data.Batch;
import org.wardlock.data.DataIdentity;
import org.wardlock.data.Dataset;
import org.wardlock.data.Hashing;
import org.wardlock.data.PictureShape;
import org.wardlock.data.RandomOrder;
import org.wardlock.data.image.Picture;
import org.wardlock.nn.train.TrainingTargets;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Pictures with what a service said of them instead of their own labels. As labels they have the
 * service's likeliest classes, as targets of training its whole answers. The classes have no names.
 */
public final class StolenPictures implements Dataset, TrainingTargets {
  private final Dataset pool;
  private final Dataset pictures;
  private final int[] indices;
  private final float[][] answers;
  private final boolean replicated;
  private final Map<Long, float[]> targets = new HashMap<>();

  private StolenPictures(Dataset pool, int[] indices, float[][] answers, boolean replicated) {
    this.pool = pool;
    this.indices = indices;
    this.answers = answers;
    this.replicated = replicated;
    pictures = pool.select(indices);
    for (int i = 0; i < indices.length; i++) {
      targets.put(id(i), Disclosure.complete(answers[i]));
    }
  }

  /**
   * Pictures and answers.
   *
   * @param indices of the pictures in the pool, each once; at least one
   * @param answers a row each
   */
  static StolenPictures of(Dataset pool, int[] indices, float[][] answers) {
    if (indices.length == 0) {
      throw new IllegalArgumentException(
          "stolen pictures: the service answered nothing, so there is nothing to learn from");
    }
    return new StolenPictures(pool, indices, answers, false);
  }

  /**
   * As many pictures of each class that the service named at all, about as many pictures in all:
   * those of rare classes come several times, of frequent ones some are left out by chance
   * (Correia-Silva et al. 2021, by their program). Chance moves and mirrors each copy of a picture
   * in its own way.
   */
  public StolenPictures balanced(long seed) {
    var classes = new TreeMap<Integer, List<Integer>>();
    for (int i = 0; i < indices.length; i++) {
      classes.computeIfAbsent(label(i), _ -> new ArrayList<>()).add(i);
    }
    int each = indices.length / classes.size();
    int[] chosen =
        classes.entrySet().stream()
            .flatMapToInt(entry -> replicas(entry.getKey(), entry.getValue(), each, seed))
            .toArray();
    return new StolenPictures(
        pool,
        Rows.pick(indices, chosen),
        Arrays.stream(chosen).mapToObj(i -> answers[i]).toArray(float[][]::new),
        true);
  }

  private static IntStream replicas(int label, List<Integer> members, int count, long seed) {
    int[] order =
        RandomOrder.of(members.size(), new Philox(seed, AttackPurpose.REPLICAS.number(), label));
    return IntStream.range(0, count).map(i -> members.get(order[i % order.length]));
  }

  /** How many pictures the service took for each class. */
  public int[] perClass() {
    int[] counts = new int[answers[0].length];
    IntStream.range(0, indices.length).forEach(i -> counts[label(i)]++);
    return counts;
  }

  @Override
  public Tensor of(Device device, Batch batch) {
    float[][] rows = Arrays.stream(batch.ids()).mapToObj(targets::get).toArray(float[][]::new);
    return Rows.toDevice(device, Shape.of(answers[0].length), rows);
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public int label(int index) {
    float[] answer = answers[index];
    return IntStream.range(0, answer.length)
        .reduce((best, i) -> answer[i] > answer[best] ? i : best)
        .orElseThrow();
  }

  @Override
  public List<String> classes() {
    return IntStream.range(0, answers[0].length).mapToObj(Integer::toString).toList();
  }

  @Override
  public String name(int index) {
    return pictures.name(index);
  }

  /** The picture's number in its split; where pictures come several times, that of the copy. */
  @Override
  public long id(int index) {
    return replicated ? index : pictures.id(index);
  }

  @Override
  public Picture picture(int index) {
    return pictures.picture(index);
  }

  @Override
  public Optional<PictureShape> shape() {
    return pictures.shape();
  }

  @Override
  public void copyPixels(int index, byte[] target, int offset) {
    pictures.copyPixels(index, target, offset);
  }

  /** Of pictures and answers. */
  @Override
  public DataIdentity identity() {
    Hashing hashing = new Hashing().add(pictures.identity().digest());
    for (float[] answer : answers) {
      for (float value : answer) {
        hashing.add(Float.floatToIntBits(value));
      }
    }
    return new DataIdentity(size(), hashing.finish());
  }
}
