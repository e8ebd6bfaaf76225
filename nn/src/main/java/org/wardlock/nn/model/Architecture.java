package org.wardlock.nn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardlock.data.image.Interpolation;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.model.VisionTransformer.Variant;
import org.wardlock.tensor.Activation;

/**
 * A network's blueprint, found by name: a published one, or a size such as {@code
 * convmixer-256-8-k5-p2}, {@code vit-192-12-h3-p16} or {@code vit-192-12-h3-p16-distilled}.
 *
 * @param name as it was asked for
 * @param body kind and size
 * @param preprocessing what it expects of its pictures
 * @param classes how many it tells apart
 */
public record Architecture(String name, Body body, Preprocessing preprocessing, int classes) {
  private static final Pattern CONVMIXER =
      Pattern.compile("convmixer-(\\d{1,5})-(\\d{1,3})-k(\\d{1,2})-p(\\d{1,3})(-relu)?");
  private static final Pattern VIT =
      Pattern.compile(
          "vit-(\\d{1,5})-(\\d{1,3})-h(\\d{1,3})-p(\\d{1,3})(|%s)".formatted(Variant.suffixes()));

  private static final Pattern BLOCK = Pattern.compile("block(\\d{1,4})");

  private static final Preprocessing INCEPTION =
      new Preprocessing(224, 0.9, Interpolation.BICUBIC, PixelStatistics.HALF);
  private static final Preprocessing DEIT = INCEPTION.with(PixelStatistics.IMAGENET);
  private static final Preprocessing LARGE_PICTURES =
      new Preprocessing(384, 1, Interpolation.BICUBIC, PixelStatistics.HALF);
  private static final Preprocessing LARGE_DEIT = LARGE_PICTURES.with(PixelStatistics.IMAGENET);
  private static final Preprocessing MIIL =
      new Preprocessing(224, 0.875, Interpolation.BILINEAR, PixelStatistics.UNCHANGED);
  private static final Preprocessing MIXER =
      new Preprocessing(224, 0.96, Interpolation.BICUBIC, PixelStatistics.IMAGENET);
  private static final Preprocessing SMALL_PICTURES =
      new Preprocessing(32, 1, Interpolation.BICUBIC, PixelStatistics.HALF);
  private static final Preprocessing CIFAR = SMALL_PICTURES.with(PixelStatistics.IMAGENET);
  private static final Preprocessing TORCHVISION =
      new Preprocessing(224, 0.875, Interpolation.BILINEAR, PixelStatistics.IMAGENET);

  private static final Map<String, Architecture> PUBLISHED = published();

  /** The published widths of transformers. */
  private enum Width {
    TINY(192, 12, 3),
    SMALL(384, 12, 6),
    MEDIUM(512, 12, 8),
    BASE(768, 12, 12),
    LARGE(1024, 24, 16),
    HUGE(1280, 32, 16);

    private final int dimension;
    private final int depth;
    private final int heads;

    Width(int dimension, int depth, int heads) {
      this.dimension = dimension;
      this.depth = depth;
      this.heads = heads;
    }

    VisionTransformer.Size patches(int side) {
      return new VisionTransformer.Size(dimension, depth, heads, side);
    }

    /** A published name, in which this width stands in the place of %s. */
    String in(String name) {
      return name.formatted(name().toLowerCase(Locale.ROOT));
    }
  }

  /** Checks that the parts fit each other. */
  public Architecture {
    if (classes < 1) {
      throw new IllegalArgumentException(name + ": " + classes + " classes, expected at least 1");
    }
    Body.requirePatches(name, preprocessing.imageSize(), body.patch());
  }

  private static Map<String, Architecture> published() {
    var table = new TreeMap<String, Architecture>();
    for (Width width : List.of(Width.TINY, Width.SMALL, Width.BASE, Width.LARGE)) {
      add(table, width.in("vit_%s_patch16_224"), width.patches(16), INCEPTION);
      add(table, width.in("vit_%s_patch16_384"), width.patches(16), LARGE_PICTURES);
    }
    // published by DINO alone, whose pixels are normalised as DeiT's
    add(table, "vit_small_patch8_224", Width.SMALL.patches(8), DEIT);
    add(table, "vit_base_patch8_224", Width.BASE.patches(8), INCEPTION);
    add(table, "vit_small_patch32_224", Width.SMALL.patches(32), INCEPTION);
    add(table, "vit_base_patch32_224", Width.BASE.patches(32), INCEPTION);
    add(table, "vit_large_patch32_224", Width.LARGE.patches(32), INCEPTION);
    add(table, "vit_small_patch32_384", Width.SMALL.patches(32), LARGE_PICTURES);
    add(table, "vit_base_patch32_384", Width.BASE.patches(32), LARGE_PICTURES);
    add(table, "vit_large_patch32_384", Width.LARGE.patches(32), LARGE_PICTURES);
    add(table, "vit_huge_patch14_224", Width.HUGE.patches(14), INCEPTION);
    Body unbiased = Width.BASE.patches(16).with(Variant.NO_QKV_BIAS);
    add(table, "vit_base_patch16_224_miil", unbiased, MIIL);
    deit(table);
    add(table, "convmixer_768_32", new ConvMixer.Size(768, 32, 7, 7, Activation.RELU), MIXER);
    add(table, "convmixer_1536_20", new ConvMixer.Size(1536, 20, 9, 7, Activation.GELU), MIXER);
    var wide = new ConvMixer.Size(1024, 20, 9, 14, Activation.GELU);
    add(table, "convmixer_1024_20_ks9_p14", wide, MIXER);
    residual(table, ResNet.Family.BASIC, List.of(2, 2, 2, 2), TORCHVISION, 1000);
    residual(table, ResNet.Family.BOTTLENECK, List.of(3, 4, 6, 3), TORCHVISION, 1000);
    residual(table, ResNet.Family.CIFAR, List.of(3, 3, 3), CIFAR, 10);
    residual(table, ResNet.Family.CIFAR, List.of(9, 9, 9), CIFAR, 10);
    return table;
  }

  /** DeiT, distilled DeiT and DeiT-III. */
  private static void deit(Map<String, Architecture> table) {
    for (Width width : List.of(Width.TINY, Width.SMALL, Width.BASE)) {
      VisionTransformer.Size size = width.patches(16);
      add(table, width.in("deit_%s_patch16_224"), size, DEIT);
      add(table, width.in("deit_%s_distilled_patch16_224"), size.with(Variant.DISTILLED), DEIT);
    }
    VisionTransformer.Size base = Width.BASE.patches(16);
    add(table, "deit_base_patch16_384", base, LARGE_DEIT);
    add(table, "deit_base_distilled_patch16_384", base.with(Variant.DISTILLED), LARGE_DEIT);
    for (Width width : List.of(Width.SMALL, Width.MEDIUM, Width.BASE, Width.LARGE)) {
      Body third = width.patches(16).with(Variant.DEIT3);
      add(table, width.in("deit3_%s_patch16_224"), third, DEIT);
      if (width != Width.MEDIUM) {
        add(table, width.in("deit3_%s_patch16_384"), third, LARGE_DEIT);
      }
    }
    add(table, "deit3_huge_patch14_224", Width.HUGE.patches(14).with(Variant.DEIT3), DEIT);
  }

  private static void residual(
      Map<String, Architecture> table,
      ResNet.Family family,
      List<Integer> blocks,
      Preprocessing preprocessing,
      int classes) {
    var size = new ResNet.Size(family, blocks);
    table.put(size.name(), new Architecture(size.name(), size, preprocessing, classes));
  }

  private static void add(
      Map<String, Architecture> table, String name, Body body, Preprocessing preprocessing) {
    table.put(name, new Architecture(name, body, preprocessing, 1000));
  }

  /**
   * The architecture of that name. A published name implies its own normalisation, and pictures of
   * 224 x 224, or 384 x 384 where it ends so, and 1000 classes (resnet20 and resnet56: 32 x 32 and
   * 10); a size implies none of it and comes with 32 x 32 pictures, 10 classes and mean and
   * deviation 1/2 until told otherwise.
   *
   * @throws IllegalArgumentException if there is none, with the names there are
   */
  public static Architecture named(String name) {
    Architecture published = PUBLISHED.get(name);
    if (published != null) {
      return published;
    }
    Matcher mixer = CONVMIXER.matcher(name);
    if (mixer.matches()) {
      Activation activation = mixer.group(5) == null ? Activation.GELU : Activation.RELU;
      int[] n = numbers(name, mixer);
      return sized(name, new ConvMixer.Size(n[0], n[1], n[2], n[3], activation));
    }
    Matcher vit = VIT.matcher(name);
    if (vit.matches()) {
      int[] n = numbers(name, vit);
      Variant variant = Variant.ofSuffix(vit.group(5));
      return sized(name, new VisionTransformer.Size(n[0], n[1], n[2], n[3], variant));
    }
    throw new IllegalArgumentException("model '" + name + "': unknown; " + expected());
  }

  private static int[] numbers(String name, Matcher matcher) {
    int[] numbers = new int[4];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Integer.parseInt(matcher.group(i + 1));
      if (numbers[i] == 0) {
        throw new IllegalArgumentException("model '" + name + "': a size of 0");
      }
    }
    return numbers;
  }

  /** Small pictures, with the image size raised to a whole number of patches where need be. */
  private static Architecture sized(String name, Body body) {
    int patch = body.patch();
    int size = (SMALL_PICTURES.imageSize() + patch - 1) / patch * patch;
    return new Architecture(name, body, SMALL_PICTURES.withImageSize(size), 10);
  }

  private static String expected() {
    var names = new ArrayList<>(names());
    names.add("convmixer-DIM-DEPTH-kK-pP[-relu]");
    names.add("vit-DIM-DEPTH-hHEADS-pP[" + Variant.suffixes() + "]");
    return "expected one of " + String.join(", ", names);
  }

  /** The published names, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(PUBLISHED.keySet());
  }

  /** Whether the name implies image size, classes and normalisation. */
  public boolean isPublished() {
    return PUBLISHED.containsKey(name);
  }

  /** The same for square pictures of another size. */
  public Architecture withImageSize(int imageSize) {
    return with(preprocessing.withImageSize(imageSize));
  }

  /** The same for other pictures. */
  public Architecture with(Preprocessing other) {
    return new Architecture(name, body, other, classes);
  }

  /** The same with another normalisation. */
  public Architecture with(PixelStatistics statistics) {
    return with(preprocessing.with(statistics));
  }

  /** The same with another number of classes. */
  public Architecture withClasses(int classes) {
    return new Architecture(name, body, preprocessing, classes);
  }

  /**
   * How many blocks the network has; those of a residual network are counted through its stages.
   */
  public int depth() {
    return body.depth();
  }

  /**
   * The number of the block of that name, as in {@code block7}: the first is {@code block1}.
   *
   * @throws IllegalArgumentException if there is none, with the names there are
   */
  public int block(String layer) {
    Matcher matcher = BLOCK.matcher(layer);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("layer '" + layer + "': unknown; " + expectedBlocks());
    }
    int number = Integer.parseInt(matcher.group(1));
    requireBlock(number);
    return number;
  }

  /**
   * Complains about a block that is not there.
   *
   * @throws IllegalArgumentException with the names of those that are
   */
  public void requireBlock(int number) {
    if (number < 1 || number > depth()) {
      throw new IllegalArgumentException(
          "block " + number + ": there is none; " + expectedBlocks());
    }
  }

  private String expectedBlocks() {
    return name + " has block1 to block" + depth();
  }

  /** The side of the square pictures, pixels. */
  public int imageSize() {
    return preprocessing.imageSize();
  }
}
