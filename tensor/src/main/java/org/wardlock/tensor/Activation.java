package org.wardlock.tensor;

/** What follows a linear map or a convolution, element by element. */
public enum Activation {
  /** Nothing: x. */
  IDENTITY,
  /** max(x, 0). */
  RELU,
  /** x * Phi(x), by the error function (Hendrycks and Gimpel 2016). */
  GELU;

  /** The function of each element. */
  public Tensor apply(Tensor x) {
    return switch (this) {
      case IDENTITY -> x;
      case RELU -> x.relu();
      case GELU -> x.gelu();
    };
  }
}
