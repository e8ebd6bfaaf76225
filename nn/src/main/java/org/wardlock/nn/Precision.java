package org.wardlock.nn;

import java.util.Locale;

/**
 * In which type a forward pass computes. Accumulation, statistics, losses, optimiser state and
 * master weights are float32 whatever is chosen here.
 */
public enum Precision {
  /** float32 throughout. */
  F32;

  /**
   * Reads {@code f32}.
   *
   * @throws IllegalArgumentException if this build computes in no such precision
   */
  public static Precision parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "f32" -> F32;
      case "bf16" ->
          throw new IllegalArgumentException(
              "precision bf16: no device of this version computes in bfloat16; use f32");
      default ->
          throw new IllegalArgumentException("precision '" + text + "': expected f32 or bf16");
    };
  }

  /** The name as options and files spell it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
