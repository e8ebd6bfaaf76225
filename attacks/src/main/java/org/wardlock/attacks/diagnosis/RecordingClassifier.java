package org.wardlock.attacks.diagnosis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.wardlock.attacks.Rows;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.CustomOp;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Writes down what a classifier is asked and how it answers. For one thread. */
final class RecordingClassifier implements Classifier {
  private final Classifier recorded;
  private final List<Question> questions = new ArrayList<>();

  RecordingClassifier(Classifier recorded) {
    this.recorded = recorded;
  }

  /** An image, the answer, and how steep the gradient towards it was, if that was asked for. */
  static final class Question {
    private final float[] image;
    private final double[] logits;
    private OptionalDouble steepest = OptionalDouble.empty();

    Question(float[] image, double... logits) {
      this.image = image;
      this.logits = logits;
    }

    float[] image() {
      return image;
    }

    double[] logits() {
      return logits;
    }

    OptionalDouble steepest() {
      return steepest;
    }
  }

  List<Question> questions() {
    return questions;
  }

  @Override
  public Device device() {
    return recorded.device();
  }

  @Override
  public Shape imageShape() {
    return recorded.imageShape();
  }

  @Override
  public int classes() {
    return recorded.classes();
  }

  @Override
  public Tensor logits(Tensor images) {
    int first = questions.size();
    Tensor seen = images.tracksGradient() ? Tensor.apply(new Steepness(first), images) : images;
    Tensor logits = recorded.logits(seen);
    float[][] shown = Rows.toHost(images);
    float[][] answers = Rows.toHost(logits);
    for (int i = 0; i < shown.length; i++) {
      double[] answer = new double[answers[i].length];
      int row = i;
      Arrays.setAll(answer, k -> answers[row][k]);
      questions.add(new Question(shown[i], answer));
    }
    return logits;
  }

  @Override
  public boolean isDifferentiable() {
    return recorded.isDifferentiable();
  }

  @Override
  public boolean isDeterministic() {
    return recorded.isDeterministic();
  }

  /** Lets images pass, and looks at gradients on their way back. */
  private final class Steepness implements CustomOp {
    private final int first;

    Steepness(int first) {
      this.first = first;
    }

    @Override
    public Tensor forward(List<Tensor> inputs) {
      return inputs.getFirst().multiply(1);
    }

    @Override
    public List<Tensor> backward(Tensor gradient, List<Tensor> inputs, Tensor output) {
      float[][] rows = Rows.toHost(gradient);
      for (int i = 0; i < rows.length; i++) {
        double steepest = 0;
        for (float slope : rows[i]) {
          steepest = Math.max(steepest, Math.abs(slope));
        }
        questions.get(first + i).steepest = OptionalDouble.of(steepest);
      }
      return List.of(gradient);
    }
  }
}
