package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.wardlock.nn.Pass;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.CrossEntropyLoss;
import org.wardlock.nn.train.Optimizer;
import org.wardlock.nn.train.OptimizerSettings;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.testing.TestDevice;

/**
 * A shuffle whose blocks are the network's patches is undone by a stem whose columns are shuffled
 * alike: such a key changes what must be learnt first, not what can be learnt.
 */
class AbsorbedKeyTest {
  private static final Device DEVICE = TestDevice.get();
  private static final Architecture ARCHITECTURE =
      Architecture.named("convmixer-16-2-k3-p2").withImageSize(16);
  private static final int STEPS = 20;
  private static final int BATCH = 16;
  private static final int SIDE = 16;
  private static final int BLOCK = 2;

  private static Network withShuffledStem(Network plain, Permutation permutation)
      throws WeightsException {
    Map<String, Tensor> weights = new LinkedHashMap<>(plain.parameters().state(DEVICE));
    Tensor stem = weights.get("stem.0.weight");
    int filters = stem.shape().extent(0);
    int length = permutation.length();
    float[] before = stem.toFloats();
    float[] after = new float[before.length];
    for (int filter = 0; filter < filters; filter++) {
      for (int i = 0; i < length; i++) {
        after[filter * length + filterIndex(i)] =
            before[filter * length + filterIndex(permutation.at(i))];
      }
    }
    weights.put("stem.0.weight", Tensor.of(DEVICE, stem.shape(), after));
    return Network.load(ARCHITECTURE, DEVICE, Weights.of("of a shuffled stem", weights));
  }

  /** From (row, column, channel), as keys count, to (channel, row, column), as filters do. */
  private static int filterIndex(int keyIndex) {
    int channel = keyIndex % 3;
    int place = keyIndex / 3;
    return channel * BLOCK * BLOCK + place;
  }

  private static float[] losses(Network network, UnaryOperator<Tensor> transform) {
    float[] losses = new float[STEPS];
    TrainableParameters parameters =
        TrainableParameters.of(DEVICE, network.parameters(), _ -> true);
    Optimizer optimizer = OptimizerSettings.Adam.decoupled(0.05).create(parameters);
    CrossEntropyLoss loss = new CrossEntropyLoss(0.1);
    for (int step = 0; step < STEPS; step++) {
      try (Scope _ = Scope.open("step")) {
        Tensor stream = Tensor.ofLongs(DEVICE, Shape.of(1), step);
        Tensor images =
            Tensor.random(Distribution.UNIFORM, 5, 0, stream, BATCH * 3 * SIDE * SIDE)
                .reshape(BATCH, 3, SIDE, SIDE);
        int[] labels = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
          labels[i] = i % ARCHITECTURE.classes();
        }
        Tensor targets =
            loss.targets(Tensor.ofInts(DEVICE, Shape.of(BATCH), labels), ARCHITECTURE.classes());
        Tensor mean = loss.mean(network.logits(transform.apply(images), Pass.TRAINING), targets);
        mean.backward();
        optimizer.step(step + 1, 0.001);
        losses[step] = mean.item();
      }
    }
    return losses;
  }

  @Test
  void theFirstTwentyLossesAreThoseOfThePlainRun() throws WeightsException {
    try (Scope _ = Scope.open("test");
        Key key =
            ExperimentKeys.draw(KeySpec.secure(BLOCK, TransformKind.SHUFFLE), 1, 3).getFirst()) {
      var shuffle = (BlockTransform.Shuffle) key.blockTransforms(3).getFirst();
      KeyTransform transform = KeyTransform.of(key, Shape.of(3, SIDE, SIDE), DEVICE);
      Network plain = Network.initial(ARCHITECTURE, DEVICE, 1);
      Network keyed = withShuffledStem(plain, shuffle.permutation());
      Network unprepared = Network.initial(ARCHITECTURE, DEVICE, 1);
      float[] expected = losses(plain, UnaryOperator.identity());
      float[] absorbed = losses(keyed, transform::apply);
      float[] other = losses(unprepared, transform::apply);
      float largestOther = 0;
      for (int step = 0; step < STEPS; step++) {
        assertEquals(expected[step], absorbed[step], 1e-4, "loss of step " + step);
        largestOther = Math.max(largestOther, Math.abs(expected[step] - other[step]));
      }
      assertTrue(
          largestOther > 1e-4,
          "without the shuffled stem the losses agree, too: the test sees nothing");
    }
  }
}
