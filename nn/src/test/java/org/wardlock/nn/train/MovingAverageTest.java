package org.wardlock.nn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.wardlock.nn.Numbers;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.Shared;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Network;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Updates;

/** What the moving average of weights is, number by number. */
class MovingAverageTest {
  private static final double DECAY = 0.75;

  @Test
  void eachUpdateKeepsTheDecaysShareOfWhatWas() {
    try (Scope _ = Scope.open("test")) {
      Architecture architecture = Architecture.named("convmixer-8-1-k3-p4").withImageSize(8);
      Network network = Network.initial(architecture, Shared.device(), 1);
      List<Parameter> parameters = network.parameters().all();
      var average = new MovingAverage(parameters, DECAY);
      Map<String, double[]> expected = new LinkedHashMap<>();
      for (Parameter parameter : parameters) {
        expected.put(parameter.name(), doubles(parameter));
      }
      for (int step = 1; step <= 3; step++) {
        for (Parameter parameter : parameters) {
          Updates.affine(parameter.tensor(), -0.5f * step, step);
          double[] present = doubles(parameter);
          double[] followed = expected.get(parameter.name());
          for (int i = 0; i < present.length; i++) {
            followed[i] = DECAY * followed[i] + (1 - DECAY) * present[i];
          }
        }
        average.update();
      }
      assertEquals(expected.keySet(), average.state().keySet());
      expected.forEach(
          (name, values) ->
              Numbers.assertClose(
                  name, floats(values), average.state().get(name).toFloats(), 1e-6));
      average.release();
      network.release();
    }
  }

  private static double[] doubles(Parameter parameter) {
    float[] values = parameter.tensor().toFloats();
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
