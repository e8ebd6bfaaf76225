package org.wardlock.nn;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The linear layers of a transformer block that {@link LoraLinear} can change. */
public enum LoraTarget {
  /** Queries and values of the packed projection: two changes of row slices; keys stay. */
  QKV(List.of("q", "k", "v"), List.of(0, 2)),
  /** The attention's output. */
  PROJ(List.of(""), List.of(0)),
  /** The perceptron's first layer. */
  FC1(List.of(""), List.of(0)),
  /** The perceptron's second layer. */
  FC2(List.of(""), List.of(0));

  private final List<String> slices;
  private final List<Integer> changed;

  LoraTarget(List<String> slices, List<Integer> changed) {
    this.slices = slices;
    this.changed = changed;
  }

  /** Into how many equal slices the rows of the weight fall. */
  int slices() {
    return slices.size();
  }

  /** Which of them are changed, ascending. */
  List<Integer> changed() {
    return changed;
  }

  /** A slice's name, empty where there is but one. */
  String sliceName(int slice) {
    return slices.get(slice);
  }

  /**
   * Reads a list such as {@code qkv,proj}.
   *
   * @throws IllegalArgumentException if a word is unknown, or there is none
   */
  public static Set<LoraTarget> parse(String text) {
    var targets = EnumSet.noneOf(LoraTarget.class);
    for (String word : text.split(",", -1)) {
      targets.add(
          Arrays.stream(values())
              .filter(target -> target.toString().equals(word.strip()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "LoRA target '%s' in '%s': expected qkv, proj, fc1 or fc2, with commas between"
                              .formatted(word.strip(), text))));
    }
    return targets;
  }

  /** A set as {@link #parse} reads it. */
  public static String text(Set<LoraTarget> targets) {
    return targets.stream().sorted().map(LoraTarget::toString).collect(Collectors.joining(","));
  }

  /** The name as options and files spell it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
