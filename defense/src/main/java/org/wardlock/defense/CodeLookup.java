package org.wardlock.defense;

import java.util.List;
import org.wardlock.tensor.CustomOp;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * The FFX step on tensors: a gather from the {@link PixelCode}'s outputs by each value's 8-bit
 * level.
 *
 * @param firstOutputs for each position, where its 256 outputs begin
 * @param outputs of the code
 * @param identityGradient whether gradients pass unchanged; otherwise asking for one throws
 */
record CodeLookup(Tensor firstOutputs, Tensor outputs, boolean identityGradient)
    implements CustomOp {

  /** The step for pictures of {@code size} values, with tables that no scope owns. */
  static CodeLookup of(PixelCode code, int size, Device device, boolean identityGradient) {
    var firstOutputs = new float[size];
    for (int i = 0; i < size; i++) {
      firstOutputs[i] = code.firstOutput(i);
    }
    return new CodeLookup(
        Tensor.of(device, Shape.of(size), firstOutputs).unscoped(),
        Tensor.of(device, Shape.of(code.outputs().length), code.outputs()).unscoped(),
        identityGradient);
  }

  @Override
  public Tensor forward(List<Tensor> inputs) {
    Tensor values = inputs.getFirst();
    // Levels are truncated before the sum: beyond 256, a float can no longer tell 254.99998 from
    // 255.
    Tensor levels = values.clamp(0, 1).multiply(255).cast(DType.I32).cast(DType.F32);
    Tensor index = levels.add(firstOutputs).cast(DType.I32).reshape(-1);
    return outputs.gather(0, index).reshape(values.shape().toArray());
  }

  @Override
  public List<Tensor> backward(Tensor g, List<Tensor> inputs, Tensor output) {
    if (!identityGradient) {
      throw new UnsupportedOperationException(
          "ffx: found a gradient asked of a table, which has none; expected an attack without"
              + " gradients, or the transform's withIdentityGradient()");
    }
    return List.of(g);
  }

  void release() {
    firstOutputs.release();
    outputs.release();
  }
}
