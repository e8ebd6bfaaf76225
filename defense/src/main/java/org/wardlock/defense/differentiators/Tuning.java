package org.wardlock.defense.differentiators;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.model.Body;
import org.wardlock.nn.model.Part;

/** What of a differentiator is trained, with its mask held. */
public enum Tuning {
  /** A head of its own on what the masked network makes of the pictures, which is computed once. */
  HEAD {
    @Override
    boolean trains(Parameter parameter) {
      return false;
    }
  },
  /** The head, then also all biases and the scales of norms (as BitFit, Zaken et al. 2022). */
  BIASES {
    @Override
    boolean trains(Parameter parameter) {
      return parameter.shape().rank() == 1;
    }
  },
  /** The head, then also all weights that are not masked; stored whole, so of a model's size. */
  ALL {
    @Override
    boolean trains(Parameter parameter) {
      return true;
    }
  };

  /** Whether a parameter that is not the head's is trained. */
  abstract boolean trains(Parameter parameter);

  /** Whether a parameter of the network is trained, the head's among them. */
  boolean trains(Body body, Parameter parameter) {
    return trains(parameter) || Part.of(body, parameter.name()) == Part.HEAD;
  }

  /**
   * Reads {@code head}, {@code biases} or {@code all}.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  public static Tuning parse(String text) {
    return Arrays.stream(values())
        .filter(tuning -> tuning.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "tuning '%s': expected one of %s"
                        .formatted(
                            text,
                            Arrays.stream(values())
                                .map(Tuning::toString)
                                .collect(Collectors.joining(", ")))));
  }

  /** The name as options and files spell it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
