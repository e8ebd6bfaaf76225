package org.wardlock.nn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardlock.nn.BatchNorm2d;
import org.wardlock.nn.Conv2d;
import org.wardlock.nn.Init;
import org.wardlock.nn.Linear;
import org.wardlock.nn.Module;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Pass;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * Residual networks (He et al. 2016). For ImageNet's pictures they have torchvision's and timm's
 * parameter names, order of operations and places of strides; for CIFAR's those of
 * akamaster/pytorch_resnet_cifar10, with shortcuts that have no parameters (the paper's option A).
 */
public final class ResNet implements Backbone {
  private final Size size;
  private final Conv2d stem;
  private final BatchNorm2d stemNorm;
  private final List<ResidualBlock> blocks = new ArrayList<>();
  private final Linear head;

  /** Which of the paper's families. */
  public enum Family {
    /** For 32 x 32 pictures: 3 x 3 stem, three stages from 16 channels on, blocks of two layers. */
    CIFAR(16, 3, "linear"),
    /** 7 x 7 stem and a pooling, four stages from 64 channels on, blocks of two layers. */
    BASIC(64, 7, "fc"),
    /** The same with blocks of three layers, the last of four times the width. */
    BOTTLENECK(64, 7, "fc");

    private final int width;
    private final int stemKernel;
    private final String head;

    Family(int width, int stemKernel, String head) {
      this.width = width;
      this.stemKernel = stemKernel;
      this.head = head;
    }

    /** Channels of the stem, and inside the blocks of the first stage; each stage doubles them. */
    int width() {
      return width;
    }

    /** The side of the stem's kernels. */
    int stemKernel() {
      return stemKernel;
    }

    /** Whether stem and a pooling behind it each halve the picture's side. */
    boolean shrinksFirst() {
      return this != CIFAR;
    }

    /** Layers of a block that have weights. */
    int layers() {
      return this == BOTTLENECK ? 3 : 2;
    }

    /** Channels that a block puts out for each channel inside it. */
    int expansion() {
      return this == BOTTLENECK ? 4 : 1;
    }
  }

  /**
   * How large a residual network is.
   *
   * @param family what its blocks are like
   * @param blocks how many each stage has; stages but the first halve the picture's side
   */
  public record Size(Family family, List<Integer> blocks) implements Body {
    /** Keeps a copy of the list. */
    public Size {
      blocks = List.copyOf(blocks);
    }

    @Override
    public Backbone build(ParameterSource source, int imageSize, int classes) {
      return new ResNet(source, this, classes);
    }

    @Override
    public int depth() {
      return blocks.stream().mapToInt(Integer::intValue).sum();
    }

    /** 1: pictures are not cut into squares. */
    @Override
    public int patch() {
      return 1;
    }

    /** {@code linear} or {@code fc}, as published weights call it. */
    @Override
    public List<String> headNames() {
      return List.of(family.head);
    }

    /** The channels inside each block, between its convolutions. */
    @Override
    public List<UnitLayer> unitLayers() {
      var layers = new ArrayList<UnitLayer>();
      for (int stage = 0; stage < blocks.size(); stage++) {
        for (int i = 0; i < blocks.get(stage); i++) {
          for (int number = 1; number < family.layers(); number++) {
            String norm = "layer%s.%s.bn%s".formatted(stage + 1, i, number);
            layers.add(UnitLayer.behindNorm(norm, family.width() << stage, norm));
          }
        }
      }
      return layers;
    }

    /** By the number of layers that have weights. */
    @Override
    public String name() {
      int layers = blocks.stream().mapToInt(count -> count * family.layers()).sum();
      return "resnet" + (layers + 2);
    }
  }

  /** A residual network for pictures of any size. */
  public ResNet(ParameterSource source, Size size, int classes) {
    Family family = size.family();
    this.size = size;
    int stemStride = family.shrinksFirst() ? 2 : 1;
    stem =
        Conv2d.unbiased(source.child("conv1"), 3, family.width(), family.stemKernel(), stemStride);
    stemNorm = new BatchNorm2d(source.child("bn1"), family.width());
    int channels = family.width();
    for (int stage = 0; stage < size.blocks().size(); stage++) {
      int width = family.width() << stage;
      ParameterSource layers = source.child("layer" + (stage + 1));
      for (int i = 0; i < size.blocks().get(stage); i++) {
        int stride = i == 0 && stage > 0 ? 2 : 1;
        blocks.add(new ResidualBlock(layers.child(i), family, channels, width, stride));
        channels = width * family.expansion();
      }
    }
    Init init = Init.uniform(channels);
    head = new Linear(source.child(size.head()), channels, classes, init, init);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return head.forward(embedding(x, pass), pass);
  }

  @Override
  public Tensor embedding(Tensor x, Pass pass) {
    Tensor features = features(x, blocks.size(), pass);
    int channels = features.shape().extent(1);
    return features.mean(2, 3).reshape(x.shape().extent(0), channels);
  }

  @Override
  public Tensor features(Tensor x, int cutoff, Pass pass) {
    Tensor features;
    try (Scope _ = Scope.open("residual network's stem")) {
      Tensor seen = stemNorm.forward(stem.forward(x, pass), pass).relu();
      features = (size.family().shrinksFirst() ? Pooling.largest(seen) : seen).keep();
    }
    for (ResidualBlock block : blocks.subList(0, cutoff)) {
      Tensor next = block.forward(features, pass);
      features.release();
      features = next;
    }
    return features;
  }

  /** Convolutions and normalisations beside a shortcut, and the sum's positive part. */
  static final class ResidualBlock implements Module {
    private final String name;
    private final List<Conv2d> convolutions = new ArrayList<>();
    private final List<BatchNorm2d> norms = new ArrayList<>();
    private final Module shortcut;

    /**
     * A block.
     *
     * @param in channels that come in
     * @param width channels inside
     * @param stride by which the picture's side shrinks: in the first layer, or the 3 x 3 one of
     *     three
     */
    ResidualBlock(ParameterSource source, Family family, int in, int width, int stride) {
      name = source.name();
      int out = width * family.expansion();
      if (family == Family.BOTTLENECK) {
        add(source, in, width, 1, 1);
        add(source, width, width, 3, stride);
        add(source, width, out, 1, 1);
      } else {
        add(source, in, width, 3, stride);
        add(source, width, out, 3, 1);
      }
      if (in == out && stride == 1) {
        shortcut = (x, _) -> x;
      } else if (family == Family.CIFAR) {
        shortcut = (x, _) -> Pooling.everySecond(x).pad(1, (out - in) / 2, (out - in) / 2);
      } else {
        ParameterSource projection = source.child("downsample");
        Conv2d convolution = Conv2d.unbiased(projection.child(0), in, out, 1, stride);
        BatchNorm2d norm = new BatchNorm2d(projection.child(1), out);
        shortcut = (x, pass) -> norm.forward(convolution.forward(x, pass), pass);
      }
    }

    private void add(ParameterSource source, int in, int out, int kernel, int stride) {
      int number = convolutions.size() + 1;
      convolutions.add(Conv2d.unbiased(source.child("conv" + number), in, out, kernel, stride));
      norms.add(new BatchNorm2d(source.child("bn" + number), out));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      try (Scope _ = Scope.open("residual block")) {
        Tensor features = x;
        int last = convolutions.size() - 1;
        for (int i = 0; i < last; i++) {
          Tensor convolved = convolutions.get(i).forward(features, pass);
          features = norms.get(i).forward(convolved, pass).relu();
          observe(i, features, pass);
        }
        Tensor convolved = convolutions.get(last).forward(features, pass);
        var beside = Optional.of(shortcut.forward(x, pass));
        return norms.get(last).forward(convolved, Activation.IDENTITY, beside, pass).relu().keep();
      }
    }

    private void observe(int layer, Tensor activations, Pass pass) {
      pass.observer().ifPresent(look -> look.observe(name + ".bn" + (layer + 1), activations, 1));
    }
  }
}
