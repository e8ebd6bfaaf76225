package org.wardlock.nn.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.data.Augmentation;
import org.wardlock.data.BatchLoader;
import org.wardlock.nn.Shared;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Network;

/** Once it runs steadily, training lives on memory that it has: loader and optimiser included. */
@Tag("cpu-only") // counts what the CPU backend allocates
class AllocationTest {
  private static final int WARM_UP = 20;
  private static final int MEASURED = 5;
  private static final long LIMIT = 1_000_000;

  /** On a machine that is busy otherwise, kernels may not be compiled before the first one ends. */
  private static final int RUNS = 4;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"convmixer-256-8-k5-p2, 32, 32", "vit_tiny_patch16_224, 224, 8"})
  void aStepAllocatesAlmostNothing(String name, int side, int batch) throws IOException {
    long perStep = Long.MAX_VALUE;
    for (int run = 0; run < RUNS && perStep >= LIMIT; run++) {
      perStep =
          allocatedByAStep(name, side, batch, Files.createDirectory(folder.resolve("run-" + run)));
    }
    assertTrue(perStep < LIMIT, name + ": " + perStep + " bytes a step");
  }

  private static long allocatedByAStep(String name, int side, int batch, Path folder)
      throws IOException {
    Architecture architecture = Architecture.named(name).withImageSize(side).withClasses(4);
    var loader =
        BatchLoader.builder(new TinyPictures(batch * (WARM_UP + MEASURED), side, 3))
            .batchSize(batch)
            .augmentation(Augmentation.parse(side == 32 ? "crop,flip" : "none", side))
            .build();
    var start = new AtomicLong();
    var end = new AtomicLong();
    var listener =
        new TrainingListener() {
          @Override
          public void stepped(long step, long steps, double loss) {
            if (step == WARM_UP) {
              start.set(THREADS.getTotalThreadAllocatedBytes());
            } else if (step == WARM_UP + MEASURED) {
              end.set(THREADS.getTotalThreadAllocatedBytes());
            }
          }
        };
    var options = TrainingOptions.builder().clipping(1).build();
    Trainer.builder(Network.initial(architecture, Shared.device(), 0), loader, options, folder)
        .listener(listener)
        .build()
        .run();
    return (end.get() - start.get()) / MEASURED;
  }
}
