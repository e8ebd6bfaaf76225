package org.wardlock.data;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * An order of a data set in which every class comes equally early: round by round, one picture of
 * each class that still has one, the classes of a round and the pictures of a class shuffled. So
 * the first n pictures hold each class n / classes times, give or take one, and the first n are
 * among the first n + 1.
 */
final class BalancedOrder {
  private BalancedOrder() {}

  /** The first {@code count} indices of that order. */
  static int[] first(Dataset dataset, int count, long seed) {
    List<int[]> classes = shuffledClasses(dataset, seed);
    int[] order = new int[count];
    int taken = 0;
    for (int round = 0; taken < count; round++) {
      for (int number : RandomOrder.of(classes.size(), Purpose.ROUND_ORDER.stream(seed, round))) {
        int[] members = classes.get(number);
        if (round < members.length && taken < count) {
          order[taken++] = members[round];
        }
      }
    }
    return order;
  }

  private static List<int[]> shuffledClasses(Dataset dataset, long seed) {
    var membersByLabel = new TreeMap<Integer, List<Integer>>();
    for (int i = 0; i < dataset.size(); i++) {
      membersByLabel.computeIfAbsent(dataset.label(i), _ -> new ArrayList<>()).add(i);
    }
    var classes = new ArrayList<int[]>();
    membersByLabel.forEach(
        (label, members) -> {
          int[] indices = members.stream().mapToInt(Integer::intValue).toArray();
          RandomOrder.shuffle(indices, Purpose.CLASS_ORDER.stream(seed, label));
          classes.add(indices);
        });
    return classes;
  }
}
