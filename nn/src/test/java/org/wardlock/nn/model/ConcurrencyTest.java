package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.nn.Shared;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/** One classifier, many callers of both kinds of threads: everyone gets the bits of one caller. */
class ConcurrencyTest {
  private static final int CALLERS = 16;

  private final Device device = Shared.device();

  @ParameterizedTest
  @ValueSource(strings = {"convmixer-32-2-k3-p4", "vit-24-2-h3-p8"})
  void manyCallersGetTheBitsOfOne(String name) throws InterruptedException, ExecutionException {
    Network network = Network.initial(Architecture.named(name), device, 0);
    try (ImageClassifier classifier = ImageClassifier.copyOf(network);
        ExecutorService platform = Executors.newFixedThreadPool(CALLERS / 2);
        ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<float[]>> answers = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        int batch = 1 + caller % 3;
        Callable<float[]> call = () -> logits(classifier, batch);
        answers.add((caller % 2 == 0 ? platform : virtual).submit(call));
      }
      for (int caller = 0; caller < CALLERS; caller++) {
        assertArrayEquals(logits(classifier, 1 + caller % 3), answers.get(caller).get());
      }
    }
  }

  private float[] logits(ImageClassifier classifier, int batch) {
    float[] last = new float[0];
    for (int repetition = 0; repetition < 10; repetition++) {
      try (NoGrad _ = NoGrad.enter();
          Scope _ = Scope.open("caller")) {
        Tensor streams = Tensor.ofLongs(device, Shape.of(1), 1);
        Tensor pictures =
            Tensor.random(Distribution.UNIFORM, 0, 1, streams, batch * 3 * 32 * 32)
                .reshape(batch, 3, 32, 32);
        float[] logits = classifier.logits(pictures).toFloats();
        if (last.length > 0) {
          assertArrayEquals(last, logits);
        }
        last = logits;
      }
    }
    return last;
  }
}
