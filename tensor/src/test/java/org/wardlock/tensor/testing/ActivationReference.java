package org.wardlock.tensor.testing;

import org.wardlock.tensor.Activation;
import org.wardlock.tensor.spi.UnaryOp;

/** Activations, and what is done to each channel of (N, C, ...), in double precision. */
final class ActivationReference {
  private ActivationReference() {}

  static Values apply(Activation activation, Values x) {
    return UnaryOp.of(activation)
        .map(op -> x.map(value -> ScalarFunctions.apply(op, value)))
        .orElse(x);
  }

  static Values plus(Values a, Values b) {
    return Values.of(a.shape(), i -> a.data()[i] + b.data()[i]);
  }

  static Values scaled(Values x, Values scale, Values shift) {
    int channels = scale.shape().extent(0);
    long size = x.shape().count() / ((long) x.shape().extent(0) * channels);
    return Values.of(
        x.shape(),
        i -> {
          int channel = (int) (i / size % channels);
          return x.data()[i] * scale.data()[channel] + shift.data()[channel];
        });
  }

  static Values gradient(Activation activation, Values x, Values g) {
    return UnaryOp.of(activation)
        .map(
            op -> {
              boolean readsOutput = op.gradientReads() == UnaryOp.Reads.OUTPUT;
              Values saved = readsOutput ? apply(activation, x) : x;
              return Values.of(
                  x.shape(), i -> ScalarFunctions.gradient(op, saved.data()[i], g.data()[i]));
            })
        .orElse(g);
  }
}
