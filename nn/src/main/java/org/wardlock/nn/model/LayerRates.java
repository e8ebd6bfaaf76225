package org.wardlock.nn.model;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learning rates that shrink from layer to layer towards the pixels, as in BEiT and timm: the head
 * (and a norm before it) has the full rate, the block before it {@code decay} of that, and so on
 * down to patch embedding, tokens that are learnt and positions.
 *
 * @param decay from layer to layer, above 0, at most 1
 */
public record LayerRates(double decay) {
  private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d+)\\..*");
  private static final Pattern RESIDUAL_BLOCK = Pattern.compile("layer(\\d+)\\.(\\d+)\\..*");

  /** Checks the decay. */
  public LayerRates {
    if (!(decay > 0 && decay <= 1)) {
      throw new IllegalArgumentException(
          "layer decay " + decay + ", expected above 0 and at most 1");
    }
  }

  /** What the learning rate of a parameter is multiplied by. */
  public double scale(Body body, String parameter) {
    return Math.pow(decay, depth(body) + 1.0 - layer(body, parameter));
  }

  private static int depth(Body body) {
    return switch (body) {
      case VisionTransformer.Size size -> size.depth();
      case ConvMixer.Size size -> size.depth();
      case ResNet.Size size -> size.blocks().stream().mapToInt(Integer::intValue).sum();
    };
  }

  /** 0 for what meets the pixels, then a number a block, then one for all behind. */
  private static int layer(Body body, String parameter) {
    Part part = Part.of(body, parameter);
    if (part == Part.PATCH_EMBED || part == Part.POSITION) {
      return 0;
    }
    Matcher block = BLOCK.matcher(parameter);
    if (block.matches()) {
      return Integer.parseInt(block.group(1)) + 1;
    }
    Matcher residual = RESIDUAL_BLOCK.matcher(parameter);
    if (body instanceof ResNet.Size(_, List<Integer> blocks) && residual.matches()) {
      int before =
          blocks.subList(0, Integer.parseInt(residual.group(1)) - 1).stream()
              .mapToInt(Integer::intValue)
              .sum();
      return before + Integer.parseInt(residual.group(2)) + 1;
    }
    return depth(body) + 1;
  }
}
