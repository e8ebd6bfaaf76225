package org.wardlock.nn.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
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
 * and a linear head on the class token. DeiT (Touvron et al. 2021) is the same network; what
 * differs in others says {@link Variant}.
 */
public final class VisionTransformer implements Backbone {
  private final Size size;
  private final Conv2d patches;
  private final List<Parameter> tokens = new ArrayList<>();
  private final Parameter positions;
  private final List<TransformerBlock> blocks = new ArrayList<>();
  private final LayerNorm norm;
  private final List<Linear> heads = new ArrayList<>();

  /** In what published transformers differ, their sizes aside. */
  public enum Variant {
    /** ViT and DeiT: a class token with a position of its own, and a head on it. */
    PLAIN("", List.of("cls_token"), 1, List.of("head")),
    /**
     * Distilled DeiT (Touvron et al. 2021): behind the class token a distillation token, each with
     * a position and a head of its own. The logits are the mean of both heads', in training, too,
     * as in timm unless it is told to train with a teacher.
     */
    DISTILLED("-distilled", List.of("cls_token", "dist_token"), 2, List.of("head", "head_dist")),
    /**
     * DeiT-III (Touvron et al. 2022): {@link org.wardlock.nn.LayerScale} in the blocks, and no
     * position for the class token (timm's {@code no_embed_class}).
     */
    DEIT3("-deit3", List.of("cls_token"), 0, List.of("head")),
    /**
     * ImageNet-21K-P's ViT (Ridnik et al. 2021): queries, keys and values without a bias (timm's
     * {@code qkv_bias=False}).
     */
    NO_QKV_BIAS("-no-qkv-bias", List.of("cls_token"), 1, List.of("head"));

    private final String suffix;
    private final List<String> prefixTokens;
    private final int prefixPositions;
    private final List<String> headNames;

    Variant(String suffix, List<String> prefixTokens, int prefixPositions, List<String> headNames) {
      this.suffix = suffix;
      this.prefixTokens = prefixTokens;
      this.prefixPositions = prefixPositions;
      this.headNames = headNames;
    }

    /** What the names of such sizes end with; empty for {@link #PLAIN}. */
    String suffix() {
      return suffix;
    }

    /** The variant whose names end so. */
    static Variant ofSuffix(String suffix) {
      return Arrays.stream(values())
          .filter(variant -> variant.suffix.equals(suffix))
          .findFirst()
          .orElseThrow();
    }

    /** All suffixes but the empty one, with bars between. */
    static String suffixes() {
      return Arrays.stream(values())
          .map(Variant::suffix)
          .filter(each -> !each.isEmpty())
          .collect(Collectors.joining("|"));
    }

    /** The names of the learnt tokens before the patches, (1, 1, width) each. */
    public List<String> prefixTokens() {
      return prefixTokens;
    }

    /** How many rows of the position embedding stand before those of the patches. */
    public int prefixPositions() {
      return prefixPositions;
    }

    /** The names of the heads; the first reads the first token, and so on. */
    public List<String> headNames() {
      return headNames;
    }

    boolean qkvBias() {
      return this != NO_QKV_BIAS;
    }

    boolean layerScale() {
      return this == DEIT3;
    }
  }

  /**
   * How large a transformer is.
   *
   * @param dim width of a token
   * @param depth number of blocks
   * @param heads attention heads a block
   * @param patch side of a patch, pixels
   * @param variant what else it has, or has not
   */
  public record Size(int dim, int depth, int heads, int patch, Variant variant) implements Body {
    /** The size of a plain one. */
    public Size(int dim, int depth, int heads, int patch) {
      this(dim, depth, heads, patch, Variant.PLAIN);
    }

    /** The same size in another variant. */
    public Size with(Variant other) {
      return new Size(dim, depth, heads, patch, other);
    }

    @Override
    public Backbone build(ParameterSource source, int imageSize, int classes) {
      return new VisionTransformer(source, this, imageSize, classes);
    }

    @Override
    public List<String> headNames() {
      return variant.headNames();
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
      return imageSize % patch == 0
          ? PositionGrid.resampled(stored, variant.prefixPositions(), imageSize / patch)
          : stored;
    }

    @Override
    public String name() {
      return "vit-%s-%s-h%s-p%s%s".formatted(dim, depth, heads, patch, variant.suffix());
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
    Variant variant = size.variant();
    this.size = size;
    for (String token : variant.prefixTokens()) {
      Init init = tokens.isEmpty() ? Init.normal(1e-6) : Init.truncatedNormal(0.02);
      tokens.add(source.parameter(token, Shape.of(1, 1, dim), init));
    }
    Shape places = Shape.of(1, variant.prefixPositions() + side * side, dim);
    positions = source.parameter(PositionGrid.NAME, places, Init.truncatedNormal(0.02));
    patches = Conv2d.patches(source.child("patch_embed").child("proj"), 3, dim, size.patch());
    for (int i = 0; i < size.depth(); i++) {
      blocks.add(
          new TransformerBlock(
              source.child("blocks").child(i),
              dim,
              size.heads(),
              variant.qkvBias(),
              variant.layerScale()));
    }
    norm = new LayerNorm(source.child("norm"), dim);
    for (String head : variant.headNames()) {
      heads.add(new Linear(source.child(head), dim, classes));
    }
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    Tensor shown = embedding(x, pass);
    Tensor sum = heads.getFirst().forward(part(shown, 0), pass);
    for (int i = 1; i < heads.size(); i++) {
      sum = sum.add(heads.get(i).forward(part(shown, i), pass));
    }
    return heads.size() == 1 ? sum : sum.multiply(1f / heads.size());
  }

  /** What a head reads of the embedding: all of it, if there is but one. */
  private Tensor part(Tensor shown, int head) {
    int dim = size.dim();
    return heads.size() == 1 ? shown : shown.slice(1, head * dim, (head + 1) * dim);
  }

  @Override
  public Tensor embedding(Tensor x, Pass pass) {
    int batch = x.shape().extent(0);
    int dim = size.dim();
    int read = heads.size();
    Tensor sequence = features(x, blocks.size(), pass);
    // normalisation looks at one token at a time, so those that no head reads need none
    Tensor summary = sequence.slice(1, 0, read).reshape(batch * read, dim);
    return norm.forward(summary, pass).reshape(batch, read * dim);
  }

  @Override
  public Tensor features(Tensor x, int cutoff, Pass pass) {
    int batch = x.shape().extent(0);
    int dim = size.dim();
    int count = positions.shape().extent(1) - size.variant().prefixPositions();
    Tensor embedded = patches.forward(x, pass).reshape(batch, dim, count).transpose();
    Tensor places = positions.tensor().cast(x.dtype());
    Tensor sequence =
        size.variant().prefixPositions() == 0
            ? prefixed(embedded.add(places))
            : prefixed(embedded).add(places);
    for (TransformerBlock block : blocks.subList(0, cutoff)) {
      Tensor next = block.forward(sequence, pass);
      sequence.release();
      sequence = next;
    }
    return sequence;
  }

  /** The learnt tokens, then what is given: (N, patches, width) to (N, tokens, width). */
  private Tensor prefixed(Tensor embedded) {
    Shape shape = embedded.shape().with(1, 1);
    var parts = new ArrayList<Tensor>();
    for (Parameter token : tokens) {
      parts.add(token.tensor().cast(embedded.dtype()).expand(shape));
    }
    parts.add(embedded);
    return Tensor.concatenate(1, parts.toArray(Tensor[]::new));
  }
}
