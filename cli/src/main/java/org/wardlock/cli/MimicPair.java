package org.wardlock.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.data.Dataset;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.evaluate.Evaluator;
import org.wardlock.nn.model.Architecture;
import org.wardlock.tensor.Philox;

/**
 * A picture, and others of other classes whose features it shall take on.
 *
 * @param source place in the data
 * @param targets places in the data, each of another class; the first one's class is wanted where
 *     there is one
 */
record MimicPair(int source, List<Integer> targets) {
  /** Stream of the order of classes; those of pairs are below. */
  private static final long ORDER = 1L << 32;

  private record Classes(int source, int target) {}

  /**
   * Random pairs of classes, each once before any a second time, and random pictures of them.
   *
   * @param candidates places of the pictures to choose from, by class
   * @param count of pairs
   * @param targets for each
   * @throws InputException if there are too few classes
   */
  static List<MimicPair> choose(List<List<Integer>> candidates, int count, int targets, long seed) {
    int[] classes =
        IntStream.range(0, candidates.size()).filter(c -> !candidates.get(c).isEmpty()).toArray();
    if (classes.length <= targets) {
      throw new InputException(
          "--data: the student classifies pictures of %d classes rightly, expected at least %d for pairs of different ones"
              .formatted(classes.length, targets + 1));
    }
    List<Classes> order =
        IntStream.of(classes)
            .boxed()
            .flatMap(
                from ->
                    IntStream.of(classes)
                        .filter(to -> to != from)
                        .mapToObj(to -> new Classes(from, to)))
            .collect(Collectors.toCollection(ArrayList::new));
    shuffle(order, new Philox(seed, AttackPurpose.MIMIC_PAIRS.number(), ORDER), 0);
    List<MimicPair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Philox random = new Philox(seed, AttackPurpose.MIMIC_PAIRS.number(), i);
      Classes chosen = order.get(i % order.size());
      List<Integer> others =
          IntStream.of(classes)
              .filter(c -> c != chosen.source() && c != chosen.target())
              .boxed()
              .collect(Collectors.toCollection(ArrayList::new));
      shuffle(others, random, targets + 1);
      List<Integer> places = new ArrayList<>();
      for (int k = 0; k < targets; k++) {
        int wanted = k == 0 ? chosen.target() : others.get(k - 1);
        places.add(one(candidates.get(wanted), random, k + 1));
      }
      pairs.add(new MimicPair(one(candidates.get(chosen.source()), random, 0), places));
    }
    return pairs;
  }

  private static int one(List<Integer> places, Philox random, int position) {
    return places.get(random.below(places.size(), position));
  }

  private static <T> void shuffle(List<T> list, Philox random, int position) {
    for (int place = 0; place + 1 < list.size(); place++) {
      int other = place + random.below(list.size() - place, position + place);
      T drawn = list.get(other);
      list.set(other, list.get(place));
      list.set(place, drawn);
    }
  }

  /** The places of pictures that a student classifies rightly, by class. */
  static List<List<Integer>> rightlyClassified(
      Classifier student, Architecture architecture, Dataset dataset) {
    List<List<Integer>> right = new ArrayList<>();
    for (int label = 0; label < architecture.classes(); label++) {
      right.add(new ArrayList<>());
    }
    List<Integer> named = new ArrayList<>();
    new Evaluator(Loaders.of(dataset, architecture).build())
        .evaluate(student, picture -> named.add(picture.top1()), () -> false);
    for (int place = 0; place < named.size(); place++) {
      if (named.get(place) == dataset.label(place)) {
        right.get(named.get(place)).add(place);
      }
    }
    return right;
  }
}
