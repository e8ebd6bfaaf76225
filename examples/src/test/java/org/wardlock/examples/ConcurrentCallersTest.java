package org.wardlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.Prediction;

/** Sixteen threads share one classifier, as those of a server do. */
class ConcurrentCallersTest {
  private static final int CALLERS = 16;
  private static final int WARM_UP = 5;
  private static final int ROUNDS = 30;
  // What the JVM's own thread pools may leave behind; one tensor leaked by each call is 6 MB.
  private static final long SLACK = 1 << 20;
  private static final List<BufferedImage> PICTURES =
      IntStream.range(0, CALLERS).mapToObj(DrawnModel::picture).toList();

  @TempDir Path folder;

  private enum Callers {
    PLATFORM(Thread.ofPlatform().factory()),
    VIRTUAL(Thread.ofVirtual().factory());

    private final ThreadFactory factory;

    Callers(ThreadFactory factory) {
      this.factory = factory;
    }
  }

  @ParameterizedTest
  @EnumSource
  void getTheBitsOfOneCallerAndLeaveTheHeapAsItWas(Callers callers) throws Exception {
    try (KeyedClassifier classifier = classifier()) {
      List<Prediction> alone = PICTURES.stream().map(classifier::classify).toList();
      // Classes load, and as many arrays are made as are ever in use at once.
      for (int round = 0; round < WARM_UP; round++) {
        classifyAtOnce(callers, classifier);
      }
      long heapBefore = heapInUse();
      for (int round = 0; round < ROUNDS; round++) {
        assertEquals(alone, classifyAtOnce(callers, classifier));
      }
      long grown = heapInUse() - heapBefore;
      assertTrue(grown < SLACK, () -> "the heap grew by " + grown + " bytes");
    }
  }

  private KeyedClassifier classifier() throws IOException {
    try (Key key = DrawnModel.key()) {
      DrawnModel.write(folder, key);
      return KeyedClassifier.load(folder, key);
    }
  }

  /** One thread a picture, all set off together. */
  private static List<Prediction> classifyAtOnce(Callers callers, KeyedClassifier classifier)
      throws Exception {
    var barrier = new CyclicBarrier(CALLERS);
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(callers.factory)) {
      var answers = new ArrayList<Future<Prediction>>();
      for (BufferedImage picture : PICTURES) {
        answers.add(
            threads.submit(
                () -> {
                  barrier.await();
                  return classifier.classify(picture);
                }));
      }
      var predictions = new ArrayList<Prediction>();
      for (Future<Prediction> answer : answers) {
        predictions.add(answer.get());
      }
      return predictions;
    }
  }

  /** What is reachable: the least of a few collections, as one may come before references clear. */
  private static long heapInUse() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
