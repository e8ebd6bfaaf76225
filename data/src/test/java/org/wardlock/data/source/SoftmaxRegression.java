package org.wardlock.data.source;

/** A linear classifier of pixels, trained by stochastic gradient descent on the cross-entropy. */
final class SoftmaxRegression {
  private final int inputs;
  private final int classes;
  private final float[] weights;
  private final float[] biases;
  private final float[] input;
  private final float[] probabilities;

  SoftmaxRegression(int inputs, int classes) {
    this.inputs = inputs;
    this.classes = classes;
    this.weights = new float[inputs * classes];
    this.biases = new float[classes];
    this.input = new float[inputs];
    this.probabilities = new float[classes];
  }

  void train(byte[] pixels, int label, float learningRate) {
    forward(pixels);
    for (int type = 0; type < classes; type++) {
      float gradient = probabilities[type] - (type == label ? 1 : 0);
      biases[type] -= learningRate * gradient;
      for (int i = 0; i < inputs; i++) {
        weights[type * inputs + i] -= learningRate * gradient * input[i];
      }
    }
  }

  int predict(byte[] pixels) {
    forward(pixels);
    int best = 0;
    for (int type = 1; type < classes; type++) {
      best = probabilities[type] > probabilities[best] ? type : best;
    }
    return best;
  }

  private void forward(byte[] pixels) {
    for (int i = 0; i < inputs; i++) {
      input[i] = Byte.toUnsignedInt(pixels[i]) / 127.5f - 1;
    }
    float largest = Float.NEGATIVE_INFINITY;
    for (int type = 0; type < classes; type++) {
      float sum = biases[type];
      for (int i = 0; i < inputs; i++) {
        sum += weights[type * inputs + i] * input[i];
      }
      probabilities[type] = sum;
      largest = Math.max(largest, sum);
    }
    float total = 0;
    for (int type = 0; type < classes; type++) {
      probabilities[type] = (float) Math.exp(probabilities[type] - largest);
      total += probabilities[type];
    }
    for (int type = 0; type < classes; type++) {
      probabilities[type] /= total;
    }
  }
}
