package org.wardlock.data.image;

import java.util.Arrays;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/** Replaces each value of a channel by another: Pillow's ImageOps. */
final class ValueTable {
  private static final int VALUES = 256;

  private final byte[][] tables;

  private ValueTable(byte[][] tables) {
    this.tables = tables;
  }

  /** One function for all channels; what it gives is cut off at 0 and 255. */
  static ValueTable of(IntUnaryOperator function) {
    byte[] table = table(function);
    byte[][] tables = new byte[Picture.CHANNELS][];
    Arrays.fill(tables, table);
    return new ValueTable(tables);
  }

  /** A function for each channel, from how often its values occur. */
  static ValueTable perChannel(Picture picture, Function<int[], IntUnaryOperator> functions) {
    byte[] rgb = picture.rgb();
    byte[][] tables = new byte[Picture.CHANNELS][];
    for (int channel = 0; channel < Picture.CHANNELS; channel++) {
      int[] counts = new int[VALUES];
      for (int i = channel; i < rgb.length; i += Picture.CHANNELS) {
        counts[rgb[i] & 0xFF]++;
      }
      tables[channel] = table(functions.apply(counts));
    }
    return new ValueTable(tables);
  }

  private static byte[] table(IntUnaryOperator function) {
    byte[] table = new byte[VALUES];
    for (int value = 0; value < VALUES; value++) {
      table[value] = (byte) Math.clamp(function.applyAsInt(value), 0, VALUES - 1);
    }
    return table;
  }

  /** From the smallest value that occurs to 0, from the largest to 255, in a straight line. */
  static IntUnaryOperator stretching(int[] counts) {
    int low = 0;
    while (counts[low] == 0) {
      low++;
    }
    int high = VALUES - 1;
    while (counts[high] == 0) {
      high--;
    }
    if (high <= low) {
      return IntUnaryOperator.identity();
    }
    double scale = 255.0 / (high - low);
    double offset = -low * scale;
    return value -> (int) (value * scale + offset);
  }

  /** By how many pixels have smaller values, in steps of a 255th of all but the largest's. */
  static IntUnaryOperator equalizing(int[] counts) {
    int kinds = 0;
    int total = 0;
    int last = 0;
    for (int count : counts) {
      if (count > 0) {
        kinds++;
        last = count;
      }
      total += count;
    }
    int step = (total - last) / 255;
    if (kinds <= 1 || step == 0) {
      return IntUnaryOperator.identity();
    }
    int[] places = new int[VALUES];
    int sum = step / 2;
    for (int value = 0; value < VALUES; value++) {
      places[value] = sum / step;
      sum += counts[value];
    }
    return value -> places[value];
  }

  Picture apply(Picture picture) {
    byte[] rgb = picture.rgb();
    byte[] out = new byte[rgb.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = tables[i % Picture.CHANNELS][rgb[i] & 0xFF];
    }
    return new Picture(picture.width(), picture.height(), out);
  }
}
