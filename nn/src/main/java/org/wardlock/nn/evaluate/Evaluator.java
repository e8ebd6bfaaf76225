package org.wardlock.nn.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.Pixels;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Tensor.TopK;

/** Runs a classifier over the pictures of a loader. */
public final class Evaluator {
  private final BatchLoader loader;

  /** An evaluator of whatever the loader gives in its epoch 0. */
  public Evaluator(BatchLoader loader) {
    this.loader = loader;
  }

  /** How well a classifier does. */
  public Evaluation evaluate(Classifier classifier) {
    return evaluate(classifier, _ -> {}, () -> false);
  }

  /**
   * How well a classifier does.
   *
   * @param predictions is told of every picture, in the loader's order
   * @param stop asked before each batch: the rest is left out once it says yes
   */
  public Evaluation evaluate(
      Classifier classifier, Consumer<EvaluatedPicture> predictions, BooleanSupplier stop) {
    var counts = new Counts();
    long start = System.nanoTime();
    try (BatchStream batches = loader.epoch(0)) {
      while (!stop.getAsBoolean() && batches.hasNext()) {
        Batch batch = batches.next();
        for (EvaluatedPicture prediction : predict(classifier, batch, counts)) {
          counts.add(prediction);
          predictions.accept(prediction);
        }
        loader.recycle(batch);
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Evaluation(
        counts.images,
        counts.labelled,
        counts.correct,
        counts.correctOfFive,
        counts.lossSum,
        seconds);
  }

  private static List<EvaluatedPicture> predict(Classifier classifier, Batch batch, Counts counts) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("evaluation")) {
      Tensor logits = classifier.logits(Pixels.of(classifier.device(), batch));
      int named = Math.min(EvaluatedPicture.NAMED, classifier.classes());
      TopK best = logits.topK(named);
      float[] values = best.values().toFloats();
      int[] indices = best.indices().toInts();
      // in the order of the logits: softmax keeps it
      float[] shares = logits.softmax().topK(named).values().toFloats();
      Tensor labels = Tensor.ofInts(classifier.device(), Shape.of(batch.size()), batch.labels());
      // an unknown label equals no class: its row of targets is 0, and so is its loss
      Tensor targets = labels.oneHot(classifier.classes(), 1, 0);
      for (float loss : logits.crossEntropy(targets).toFloats()) {
        counts.lossSum += loss;
      }
      var predictions = new ArrayList<EvaluatedPicture>(batch.size());
      for (int i = 0; i < batch.size(); i++) {
        var classes = new ArrayList<Integer>(named);
        var probabilities = new ArrayList<Float>(named);
        for (int k = 0; k < named; k++) {
          classes.add(indices[i * named + k]);
          probabilities.add(shares[i * named + k]);
        }
        predictions.add(
            new EvaluatedPicture(
                batch.ids()[i], batch.labels()[i], classes, probabilities, values[i * named]));
      }
      return predictions;
    }
  }

  private static final class Counts {
    private int images;
    private int labelled;
    private int correct;
    private int correctOfFive;
    private double lossSum;

    void add(EvaluatedPicture prediction) {
      images++;
      if (prediction.label() != Dataset.UNLABELLED) {
        labelled++;
        correct += prediction.top1() == prediction.label() ? 1 : 0;
        correctOfFive += prediction.classes().contains(prediction.label()) ? 1 : 0;
      }
    }
  }
}
