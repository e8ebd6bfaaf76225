package org.wardlock.nn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.wardlock.nn.BatchNorm2d;
import org.wardlock.nn.Conv2d;
import org.wardlock.nn.DepthwiseConv2d;
import org.wardlock.nn.Init;
import org.wardlock.nn.Linear;
import org.wardlock.nn.MixerLayers;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Pass;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Backends;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * ConvMixer (Trockman and Kolter 2022) with timm's parameter names: patches, then blocks of a
 * depthwise convolution beside a shortcut and a pointwise one, each followed by the activation and
 * then batch normalisation; the mean over positions; a linear head.
 */
public final class ConvMixer implements Backbone {
  private final Size size;
  private final Conv2d stem;
  private final BatchNorm2d stemNorm;
  private final List<Block> blocks = new ArrayList<>();
  private final List<MixerLayers> mixers = new ArrayList<>();
  private final Linear head;

  /**
   * How large a ConvMixer is.
   *
   * @param dim channels
   * @param depth number of blocks
   * @param kernel side of the depthwise filters, odd
   * @param patch side of a patch, pixels
   * @param activation after each convolution
   */
  public record Size(int dim, int depth, int kernel, int patch, Activation activation)
      implements Body {
    @Override
    public Backbone build(ParameterSource source, int imageSize, int classes) {
      return new ConvMixer(source, this, imageSize, classes);
    }

    /** The channels behind each block. */
    @Override
    public List<UnitLayer> unitLayers() {
      return IntStream.range(0, depth)
          .mapToObj(ConvMixer::blockName)
          .map(name -> UnitLayer.behindNorm(name, dim, name + ".3"))
          .toList();
    }

    @Override
    public String name() {
      String suffix = activation == Activation.RELU ? "-relu" : "";
      return "convmixer-%s-%s-k%s-p%s%s".formatted(dim, depth, kernel, patch, suffix);
    }
  }

  private record Block(
      DepthwiseConv2d depthwise,
      BatchNorm2d depthwiseNorm,
      Conv2d pointwise,
      BatchNorm2d pointwiseNorm) {
    static Block of(ParameterSource source, Size size) {
      ParameterSource mixing = source.child(0).child("fn");
      return new Block(
          new DepthwiseConv2d(mixing.child(0), size.dim(), size.kernel()),
          new BatchNorm2d(mixing.child(2), size.dim()),
          Conv2d.pointwise(source.child(1), size.dim(), size.dim()),
          new BatchNorm2d(source.child(3), size.dim()));
    }
  }

  /**
   * A ConvMixer for square pictures of one size.
   *
   * @throws IllegalArgumentException if the patch does not divide the picture, or the kernel is
   *     even
   */
  public ConvMixer(ParameterSource source, Size size, int imageSize, int classes) {
    Body.requirePatches(size.name(), imageSize, size.patch());
    if (size.kernel() % 2 == 0) {
      throw new IllegalArgumentException(
          size.name() + ": kernel " + size.kernel() + " is even, expected an odd one");
    }
    this.size = size;
    stem = Conv2d.patches(source.child("stem").child(0), 3, size.dim(), size.patch());
    stemNorm = new BatchNorm2d(source.child("stem").child(2), size.dim());
    for (int i = 0; i < size.depth(); i++) {
      Block block = Block.of(source.child("blocks").child(i), size);
      mixers.add(
          new MixerLayers(
              i == 0 ? stem : blocks.getLast().pointwise(),
              i == 0 ? stemNorm : blocks.getLast().pointwiseNorm(),
              block.depthwise(),
              block.depthwiseNorm(),
              size.activation()));
      blocks.add(block);
    }
    Init init = Init.uniform(size.dim());
    head = new Linear(source.child("head"), size.dim(), classes, init, init);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return inPieces(x, pass, blocks.size(), this::logits);
  }

  @Override
  public Tensor features(Tensor x, int cutoff, Pass pass) {
    return inPieces(x, pass, cutoff, (features, _) -> features);
  }

  @Override
  public Tensor embedding(Tensor x, Pass pass) {
    return inPieces(x, pass, blocks.size(), (features, _) -> pooled(features));
  }

  private Tensor logits(Tensor features, Pass pass) {
    return head.forward(pooled(features), pass);
  }

  private Tensor pooled(Tensor features) {
    return features.mean(2, 3).reshape(features.shape().extent(0), size.dim());
  }

  /**
   * In evaluation no picture looks at another: a few go through all layers at a time, so that each
   * layer finds in the cache what the one before left there. Gradients want what all layers left,
   * which no cache holds.
   */
  private Tensor inPieces(
      Tensor x, Pass pass, int cutoff, BiFunction<Tensor, Pass, Tensor> finish) {
    int batch = x.shape().extent(0);
    int pieces = pass.isTraining() || x.tracksGradient() ? 1 : pieces(x);
    List<UnaryOperator<Tensor>> mixing =
        mixers.stream().limit(cutoff).map(m -> m.prepared(pass)).toList();
    if (pieces <= 1) {
      return finish.apply(layers(x, mixing, pass), pass);
    }
    Tensor[] parts = new Tensor[pieces];
    for (int i = 0; i < pieces; i++) {
      int start = (int) ((long) batch * i / pieces);
      int end = (int) ((long) batch * (i + 1) / pieces);
      try (Scope _ = Scope.open("some of a batch")) {
        parts[i] = finish.apply(layers(x.slice(0, start, end), mixing, pass), pass).keep();
      }
    }
    return Tensor.concatenate(0, parts);
  }

  /** 1 if not even two pictures fit in fast memory together. */
  private int pieces(Tensor x) {
    int batch = x.shape().extent(0);
    int side = x.shape().extent(2) / size.patch();
    long bytes = (long) size.dim() * side * side * Float.BYTES;
    long together = Backends.workingSet(x.device()) / bytes;
    return together < 2 ? 1 : (int) ((batch + together - 1) / together);
  }

  /** As many blocks as there are mixing layers before them. */
  private Tensor layers(Tensor x, List<UnaryOperator<Tensor>> mixing, Pass pass) {
    Tensor features = stem.withoutBias(x);
    for (int i = 0; i < mixing.size(); i++) {
      Conv2d pointwise = blocks.get(i).pointwise();
      boolean last = i == mixing.size() - 1;
      Tensor next;
      try (Scope _ = Scope.open("ConvMixer block")) {
        if (i > 0 && pass.observer().isPresent()) {
          Tensor incoming = mixers.get(i).incoming(features, pass);
          pass.observer().get().observe(blockName(i - 1), incoming, 1);
        }
        Tensor mixed = mixing.get(i).apply(features);
        next = (last ? pointwise.forward(mixed, pass) : pointwise.withoutBias(mixed)).keep();
      }
      features.release();
      features = next;
    }
    int last = mixing.size() - 1;
    BatchNorm2d norm = blocks.get(last).pointwiseNorm();
    Tensor normed = norm.forward(features, size.activation(), Optional.empty(), pass);
    pass.observer().ifPresent(look -> look.observe(blockName(last), normed, 1));
    return normed;
  }

  private static String blockName(int number) {
    return "blocks." + number;
  }
}
