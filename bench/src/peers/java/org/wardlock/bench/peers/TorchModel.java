package org.wardlock.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;

/** A model by PyTorch, with the weights of {@link SharedModel}. */
final class TorchModel implements Engine.Subject {
  private final ModelRow row;
  private final NDManager manager;
  private final NDList inputs = new NDList();
  private final TorchProgram program;

  TorchModel(PtNDManager parent, ModelRow row, String variant)
      throws IOException, WeightsException {
    this.row = row;
    PtNDManager own = (PtNDManager) parent.newSubManager();
    manager = own;
    int size = row.architecture().imageSize();
    NDArray images = TorchEngine.array(own, row.images(), new Shape(row.batch(), 3, size, size));
    images.setRequiresGradient(row.mode() == ModelRow.Mode.INPUT_GRADIENT);
    add("x", images);
    add("y", own.create(row.labels(), new Shape(row.batch())).toType(DataType.INT64, false));
    Network network = SharedModel.network(row.architecture());
    var parameters = TrainableParameters.of(Device.CPU, network.parameters(), _ -> true);
    var code = new TorchCode(row, parameters, network.parameters().buffers(), variant);
    addParameters(parameters.parameters(), TorchGroup.of(parameters));
    for (Parameter buffer : network.parameters().buffers()) {
      add("b[]", array(buffer));
    }
    parameters.release();
    network.release();
    program =
        new TorchProgram(
            own,
            code.text(),
            variant.endsWith(TorchCode.OPTIMIZED),
            row.mode() != ModelRow.Mode.FORWARD);
  }

  /** The ways to ask PyTorch for a row. */
  static List<String> variants(ModelRow row) {
    return TorchCode.variants(row);
  }

  private void addParameters(List<Parameter> parameters, List<TorchGroup> groups) {
    boolean training = row.mode() == ModelRow.Mode.TRAIN;
    List<NDArray> values = parameters.stream().map(this::array).toList();
    values.forEach(value -> add("p[]", value));
    if (!training) {
      return;
    }
    values.forEach(value -> value.setRequiresGradient(true));
    for (TorchGroup group : groups) {
      List<NDArray> own = values.subList(group.start(), group.end());
      String list = group.name() + "[]";
      own.forEach(value -> add("d" + list, JniUtils.detachGradient((PtNDArray) value)));
      own.forEach(value -> add("m" + list, manager.zeros(value.getShape())));
      own.forEach(value -> add("v" + list, manager.zeros(value.getShape())));
      NDArray step = manager.zeros(new Shape());
      own.forEach(_ -> add("s" + list, step));
    }
  }

  private NDArray array(Parameter parameter) {
    int[] extents = parameter.shape().toArray();
    long[] shape = Arrays.stream(extents).asLongStream().toArray();
    return TorchEngine.array(manager, parameter.tensor().detach().toFloats(), new Shape(shape));
  }

  private void add(String name, NDArray array) {
    array.setName(name);
    inputs.add(array);
  }

  @Override
  public void run() {
    try (NDList result = program.call(inputs)) {
      result.singletonOrThrow().toFloatArray();
    }
  }

  @Override
  public float[] outcome() {
    int steps = row.mode() == ModelRow.Mode.TRAIN ? AdamW.STEPS_COMPARED : 1;
    float[] values = {};
    for (int i = 0; i < steps; i++) {
      try (NDList result = program.call(inputs)) {
        values = AdamW.append(values, result.singletonOrThrow().toFloatArray());
      }
    }
    return values;
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }
}
