package org.wardlock.nn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.wardlock.nn.Conv2d;
import org.wardlock.nn.Init;
import org.wardlock.nn.LayerNorm;
import org.wardlock.nn.Linear;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Pass;
import org.wardlock.nn.TransformerBlock;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * The Vision Transformer (Dosovitskiy et al. 2021) with timm's parameter names and order of
 * operations: patches, a class token, a learnt position embedding, pre-norm blocks, a final norm,
 * and a linear head on the class token. DeiT (Touvron et al. 2021) is the same network.
 */
public final class VisionTransformer implements Backbone {
  private final Size size;
  private final Conv2d patches;
  private final Parameter classToken;
  private final Parameter positions;
  private final List<TransformerBlock> blocks = new ArrayList<>();
  private final LayerNorm norm;
  private final Linear head;

  /**
   * How large a transformer is.
   *
   * @param dim width of a token
   * @param depth number of blocks
   * @param heads attention heads a block
   * @param patch side of a patch, pixels
   */
  public record Size(int dim, int depth, int heads, int patch) implements Body {
    @Override
    public Backbone build(ParameterSource source, int imageSize, int classes) {
      return new VisionTransformer(source, this, imageSize, classes);
    }

    /** The hidden units of each block's perceptron. */
    @Override
    public List<UnitLayer> unitLayers() {
      return IntStream.range(0, depth)
          .mapToObj(i -> "blocks." + i + ".mlp")
          .map(name -> UnitLayer.readBy(name, 4 * dim, name + ".fc2.weight"))
          .toList();
    }

    @Override
    public Weights resized(Weights stored, int imageSize) throws WeightsException {
      return imageSize % patch == 0 ? PositionGrid.resampled(stored, imageSize / patch) : stored;
    }

    @Override
    public String name() {
      return "vit-%s-%s-h%s-p%s".formatted(dim, depth, heads, patch);
    }
  }

  /**
   * A transformer for square pictures of one size.
   *
   * @throws IllegalArgumentException if the patch does not divide the picture, or the heads the
   *     width
   */
  public VisionTransformer(ParameterSource source, Size size, int imageSize, int classes) {
    Body.requirePatches(size.name(), imageSize, size.patch());
    int side = imageSize / size.patch();
    int dim = size.dim();
    this.size = size;
    classToken = source.parameter("cls_token", Shape.of(1, 1, dim), Init.normal(1e-6));
    positions =
        source.parameter(
            PositionGrid.NAME, Shape.of(1, side * side + 1, dim), Init.truncatedNormal(0.02));
    patches = Conv2d.patches(source.child("patch_embed").child("proj"), 3, dim, size.patch());
    for (int i = 0; i < size.depth(); i++) {
      blocks.add(new TransformerBlock(source.child("blocks").child(i), dim, size.heads()));
    }
    norm = new LayerNorm(source.child("norm"), dim);
    head = new Linear(source.child("head"), dim, classes);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return head.forward(embedding(x, pass), pass);
  }

  @Override
  public Tensor embedding(Tensor x, Pass pass) {
    int dim = size.dim();
    Tensor tokens = features(x, blocks.size(), pass);
    // normalisation looks at one token at a time, so the others need none
    Tensor summary = tokens.slice(1, 0, 1).reshape(x.shape().extent(0), dim);
    return norm.forward(summary, pass);
  }

  @Override
  public Tensor features(Tensor x, int cutoff, Pass pass) {
    int batch = x.shape().extent(0);
    int dim = size.dim();
    int count = positions.shape().extent(1) - 1;
    Tensor embedded = patches.forward(x, pass).reshape(batch, dim, count).transpose();
    Tensor first = classToken.tensor().cast(x.dtype()).expand(Shape.of(batch, 1, dim));
    Tensor tokens = Tensor.concatenate(1, first, embedded).add(positions.tensor().cast(x.dtype()));
    for (TransformerBlock block : blocks.subList(0, cutoff)) {
      Tensor next = block.forward(tokens, pass);
      tokens.release();
      tokens = next;
    }
    return tokens;
  }
}
