package org.wardlock.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.wardlock.tensor.cpu.ColumnOperations;

/** Column operations by the Vector API. */
final class VectorColumnOperations implements ColumnOperations {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int ROWS_IN_CHAIN = 16;

  @Override
  public void max(float[] block, int rows, int width, float[] out) {
    for (int column = 0; column < width; column += LANES) {
      FloatVector largest = FloatVector.fromArray(SPECIES, block, column);
      for (int row = 1; row < rows; row++) {
        largest = largest.max(FloatVector.fromArray(SPECIES, block, row * width + column));
      }
      largest.intoArray(out, column);
    }
  }

  @Override
  public void subtract(float[] block, int rows, int width, float[] row) {
    for (int column = 0; column < width; column += LANES) {
      FloatVector subtrahend = FloatVector.fromArray(SPECIES, row, column);
      for (int i = 0; i < rows; i++) {
        int at = i * width + column;
        FloatVector.fromArray(SPECIES, block, at).sub(subtrahend).intoArray(block, at);
      }
    }
  }

  @Override
  public void sum(float[] block, int rows, int width, float[] out) {
    for (int column = 0; column < width; column += LANES) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int first = 0; first < rows; first += ROWS_IN_CHAIN) {
        int end = Math.min(rows, first + ROWS_IN_CHAIN);
        FloatVector chain = FloatVector.zero(SPECIES);
        for (int row = first; row < end; row++) {
          chain = chain.add(FloatVector.fromArray(SPECIES, block, row * width + column));
        }
        sum = sum.add(chain);
      }
      sum.intoArray(out, column);
    }
  }

  @Override
  public void softmaxGradient(float[] softmax, float[] gradient, int rows, int width, float[] row) {
    for (int column = 0; column < width; column += LANES) {
      FloatVector mean = FloatVector.fromArray(SPECIES, row, column);
      for (int i = 0; i < rows; i++) {
        int at = i * width + column;
        FloatVector weight = FloatVector.fromArray(SPECIES, softmax, at);
        weight.mul(FloatVector.fromArray(SPECIES, gradient, at).sub(mean)).intoArray(gradient, at);
      }
    }
  }
}
