package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.nn.Counter;
import org.wardlock.nn.Precision;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.Trainer;
import org.wardlock.nn.train.TrainingOptions;
import org.wardlock.tensor.Backends;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.spi.Backend;

/** Training as the command line does it, on a driver that computes nothing: what is launched. */
@Tag("stub-driver")
class StubTrainingTest {
  private static final int EPOCHS = 2;

  /** So large that batches come in on a stream of their own. */
  private static final int BATCH = 12;

  private static final int BATCH_BYTES = BATCH * 3 * 32 * 32;
  private static final int WHOLE_BATCHES = 4;

  private final StubDriver stub = StubDriver.fresh();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "1000, convmixer-16-2-k3-p4, F32",
    "1001, vit-32-2-h2-p8, F32",
    "1002, convmixer-16-2-k3-p4, BF16",
    "1003, vit-32-2-h1-p8, BF16"
  })
  void stepsWithBatchesOfTheUsualSizeAreRepeated(int index, String model, Precision precision)
      throws IOException {
    Device device = Device.cuda(index);
    try (Backend backend = CudaBackends.open(device)) {
      Backends.register(backend);
      BatchLoader loader = loader();
      assertEquals(WHOLE_BATCHES + 1, loader.batches());
      Network network = Network.initial(Architecture.named(model).withImageSize(32), device, 1);
      TrainingOptions options =
          TrainingOptions.builder().epochs(EPOCHS).clipping(1).precision(precision).build();
      Trainer.builder(network, loader, options, folder).build().run();

      // the third is the first that a graph does
      assertEquals(EPOCHS * WHOLE_BATCHES - 2, stub.graphLaunches());
      String copy = "copy of bytes " + BATCH_BYTES + " on another stream";
      assertEquals(
          EPOCHS * WHOLE_BATCHES, stub.trace().stream().filter(copy::equals).count(), copy);
      for (Counter counter : network.parameters().counters()) {
        assertEquals(EPOCHS * (WHOLE_BATCHES + 1), counter.value(), counter.name());
      }
    }
  }

  private static BatchLoader loader() {
    int pictures = WHOLE_BATCHES * BATCH + 1;
    return BatchLoader.builder(
            DataSource.parse("shapes").open(Split.TRAIN, Selection.limit(pictures, 0)))
        .batchSize(BATCH)
        .build();
  }
}
