package org.wardlock.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How low-rank factors are called: below their layer's name, as in {@code blocks.0.mlp.fc1.lora.a},
 * or with the slice of its rows, as in {@code blocks.0.attn.qkv.lora.v.b}.
 */
final class LoraNames {
  static final String A = "a";
  static final String B = "b";

  private static final String LORA = "lora";
  private static final String WEIGHT = ".weight";

  private LoraNames() {}

  /**
   * The names of two factors.
   *
   * @param slice which of {@code slices} equal parts of the rows they change
   */
  record Factors(String a, String b, int slice, int slices) {}

  static ParameterSource below(ParameterSource layer, String slice) {
    ParameterSource lora = layer.child(LORA);
    return slice.isEmpty() ? lora : lora.child(slice);
  }

  static boolean isFactor(String name) {
    return name.contains("." + LORA + ".");
  }

  /** The factors among some names that change a weight. */
  static List<Factors> changes(String weight, Set<String> names) {
    var changes = new ArrayList<Factors>();
    if (!weight.endsWith(WEIGHT)) {
      return changes;
    }
    String lora = weight.substring(0, weight.length() - WEIGHT.length()) + "." + LORA + ".";
    for (LoraTarget target : List.of(LoraTarget.QKV, LoraTarget.PROJ)) {
      for (int slice : target.changed()) {
        String name = target.sliceName(slice);
        String place = name.isEmpty() ? lora : lora + name + ".";
        if (names.contains(place + A)) {
          changes.add(new Factors(place + A, place + B, slice, target.slices()));
        }
      }
    }
    return changes;
  }
}
