package org.wardlock.defense;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A key at work on batches of pictures: (N, channels, height, width) float32 in [0, 1] to the same
 * shape, with the bits of {@link PixelMap#apply}.
 *
 * <p>Shuffle and negate are exactly differentiable: the gradient goes back by the inverse
 * permutation and changes sign where a value was negated. FFX is a table and has no derivative: a
 * backward pass through it throws, unless {@link #withIdentityGradient} says otherwise.
 *
 * <p>Holds the key's tables on a device until it is closed. Safe for any number of threads.
 */
public final class KeyTransform implements AutoCloseable {
  private final PixelMap map;
  private final Shape pictureShape;
  private final Device device;
  private final boolean differentiable;
  private final Optional<Tensor> sources;
  private final Optional<CodeLookup> code;
  private final Optional<Negation> negation;

  /** Factor (1 or -1) and summand (0 or 1) of each position. */
  private record Negation(Tensor factors, Tensor summands) {}

  private KeyTransform(PixelMap map, Shape pictureShape, Device device, boolean identityGradient) {
    if (pictureShape.rank() != 3 || pictureShape.count() != map.size()) {
      throw new IllegalArgumentException(
          "key transform: a map of %d values does not fit pictures %s; expected (channels, height, width)"
              .formatted(map.size(), pictureShape));
    }
    this.map = map;
    this.pictureShape = pictureShape;
    this.device = device;
    this.differentiable = map.isDifferentiable() || identityGradient;
    try (Scope _ = Scope.open("key transform tables")) {
      this.sources = sources(map, device);
      this.code = map.code().map(c -> CodeLookup.of(c, map.size(), device, identityGradient));
      this.negation = negation(map, device);
    }
  }

  /**
   * The transform of a key.
   *
   * @param key which may be closed afterwards
   * @param pictureShape channels, height, width
   * @param device where the pictures will lie
   * @throws IllegalArgumentException if the key's blocks do not fit the pictures
   */
  public static KeyTransform of(Key key, Shape pictureShape, Device device) {
    if (pictureShape.rank() != 3) {
      throw new IllegalArgumentException(
          "key transform: found pictures %s; expected (channels, height, width)"
              .formatted(pictureShape));
    }
    return of(
        key.pixelMap(pictureShape.extent(0), pictureShape.extent(1), pictureShape.extent(2)),
        pictureShape,
        device);
  }

  /**
   * The transform of any map, such as one composed of guessed tables.
   *
   * @param map for pictures of {@code pictureShape}
   * @param pictureShape channels, height, width
   * @param device where the pictures will lie
   * @throws IllegalArgumentException if the map is for pictures of another size
   */
  public static KeyTransform of(PixelMap map, Shape pictureShape, Device device) {
    return new KeyTransform(map, pictureShape, device, false);
  }

  /**
   * A second transform, to be closed on its own, through whose FFX step gradients pass unchanged:
   * backward pass differentiable approximation by the identity (Athalye, Carlini and Wagner, arXiv
   * 1802.00420). With FFX alone it is the attack of arXiv 2010.00801's official code, which applies
   * the gradient at the output to the input. The table is far from the identity, so an attack that
   * fails with it proves little.
   */
  public KeyTransform withIdentityGradient() {
    return new KeyTransform(map, pictureShape, device, true);
  }

  /** Whether gradients flow through: exact ones, or the identity in place of FFX's. */
  public boolean isDifferentiable() {
    return differentiable;
  }

  /**
   * Transforms a batch.
   *
   * @param images (N, channels, height, width) in [0, 1], on this transform's device
   * @return the same shape, in the current scope
   * @throws IllegalArgumentException if the pictures have another shape
   */
  public Tensor apply(Tensor images) {
    checkShape(images.shape());
    try (Scope _ = Scope.open("key transform")) {
      Tensor values = images.reshape(images.shape().extent(0), map.size());
      if (sources.isPresent()) {
        values = values.gather(1, sources.get());
      }
      if (code.isPresent()) {
        values = Tensor.apply(code.get(), values);
      }
      if (negation.isPresent()) {
        values = values.multiplyAdd(negation.get().factors, negation.get().summands);
      }
      return values.reshape(images.shape().toArray()).keep();
    }
  }

  /** Gives up the tables; using the transform afterwards throws. */
  @Override
  public void close() {
    sources.ifPresent(Tensor::release);
    code.ifPresent(CodeLookup::release);
    negation.ifPresent(
        pair -> {
          pair.factors.release();
          pair.summands.release();
        });
  }

  @Override
  public String toString() {
    return "KeyTransform[pictures=%s device=%s]".formatted(pictureShape, device);
  }

  private void checkShape(Shape shape) {
    boolean fits = shape.rank() == 4;
    for (int axis = 0; fits && axis < 3; axis++) {
      fits = shape.extent(axis + 1) == pictureShape.extent(axis);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "key transform: found pictures of shape %s; expected (N, %d, %d, %d)"
              .formatted(
                  shape, pictureShape.extent(0), pictureShape.extent(1), pictureShape.extent(2)));
    }
  }

  private static Optional<Tensor> sources(PixelMap map, Device device) {
    int[] sources = map.sources();
    boolean moves = !Arrays.equals(sources, Permutation.identity(sources.length).toArray());
    return moves
        ? Optional.of(Tensor.ofInts(device, Shape.of(sources.length), sources).unscoped())
        : Optional.empty();
  }

  private static Optional<Negation> negation(PixelMap map, Device device) {
    boolean[] negated = map.negated();
    var factors = new float[negated.length];
    var summands = new float[negated.length];
    boolean any = false;
    for (int i = 0; i < negated.length; i++) {
      factors[i] = negated[i] ? -1 : 1;
      summands[i] = negated[i] ? 1 : 0;
      any |= negated[i];
    }
    if (!any) {
      return Optional.empty();
    }
    Shape shape = Shape.of(negated.length);
    return Optional.of(
        new Negation(
            Tensor.of(device, shape, factors).unscoped(),
            Tensor.of(device, shape, summands).unscoped()));
  }
}
