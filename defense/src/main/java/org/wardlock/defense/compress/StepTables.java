package org.wardlock.defense.compress;

import static org.wardlock.defense.compress.QuantizationTable.SIZE;

import java.util.List;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** The steps of several tables on a device, to choose from. */
final class StepTables {
  private final Tensor luminance;
  private final Tensor chrominance;

  /** On a device, until it is released. */
  StepTables(Device device, List<JpegTables> tables) {
    luminance = of(device, tables.stream().map(JpegTables::luminance).toList()).unscoped();
    chrominance = of(device, tables.stream().map(JpegTables::chrominance).toList()).unscoped();
  }

  /** For brightness: (tables, 64). */
  Tensor luminance() {
    return luminance;
  }

  /** For the colour differences, likewise. */
  Tensor chrominance() {
    return chrominance;
  }

  void release() {
    luminance.release();
    chrominance.release();
  }

  /** (tables, 64), in the current scope. */
  static Tensor of(Device device, List<QuantizationTable> tables) {
    var values = new float[tables.size() * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          tables.get(i / SIZE).step(i % SIZE / QuantizationTable.SIDE, i % QuantizationTable.SIDE);
    }
    return Tensor.of(device, Shape.of(tables.size(), SIZE), values);
  }
}
