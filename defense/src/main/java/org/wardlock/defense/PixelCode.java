package org.wardlock.defense;

import static org.wardlock.defense.BlockTransform.FormatPreserving.CODES;
import static org.wardlock.defense.BlockTransform.FormatPreserving.LEVELS;

import java.util.Arrays;

/** The FFX step of a {@link PixelMap}: which values of a picture are encrypted, and the code. */
final class PixelCode {
  private static final int NOT_A_CODE = -1;
  private static final float LARGEST_PIXEL = LEVELS - 1;

  private final boolean[] encrypted;
  private final float[] outputs;
  private final int[] inverse;
  private final float largest;

  private PixelCode(boolean[] encrypted, float[] outputs, int[] inverse, float largest) {
    this.encrypted = encrypted;
    this.outputs = outputs;
    this.inverse = inverse;
    this.largest = largest;
  }

  static PixelCode of(boolean[] encrypted, int[] table) {
    float largest = Arrays.stream(table).max().orElseThrow();
    var outputs = new float[2 * LEVELS];
    var inverse = new int[CODES];
    Arrays.fill(inverse, NOT_A_CODE);
    for (int level = 0; level < LEVELS; level++) {
      outputs[level] = level / largest;
      outputs[LEVELS + level] = table[level] / largest;
      inverse[table[level]] = level;
    }
    return new PixelCode(encrypted.clone(), outputs, inverse, largest);
  }

  /** The same code after its values have been moved: position i holds what was at origins[i]. */
  PixelCode gather(int[] origins) {
    var moved = new boolean[encrypted.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = encrypted[origins[i]];
    }
    return new PixelCode(moved, outputs, inverse, largest);
  }

  /**
   * The 2 x 256 outputs, shared: for each level the output where a value is not encrypted, then for
   * each level the output where it is.
   */
  float[] outputs() {
    return outputs;
  }

  /** Where the outputs for a position begin in {@link #outputs}. */
  int firstOutput(int position) {
    return encrypted[position] ? LEVELS : 0;
  }

  float encode(int position, float value) {
    return outputs[firstOutput(position) + level(value)];
  }

  float decode(int position, float value) {
    int code = Math.round(value * largest);
    int level = NOT_A_CODE;
    if (encrypted[position]) {
      level = code >= 0 && code < CODES ? inverse[code] : NOT_A_CODE;
    } else if (code >= 0 && code < LEVELS) {
      level = code;
    }
    if (level == NOT_A_CODE) {
      throw new IllegalArgumentException(
          "ffx: value %s at position %d is no output of this key's code; was the picture changed?"
              .formatted(value, position));
    }
    return level / LARGEST_PIXEL;
  }

  /** The 8-bit level of a pixel: trunc(255 x) in float32, as published. */
  private static int level(float value) {
    return (int) (Math.clamp(value, 0f, 1f) * LARGEST_PIXEL);
  }
}
