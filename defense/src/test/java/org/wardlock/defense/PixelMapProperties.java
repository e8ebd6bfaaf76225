package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.wardlock.defense.BlockTransform.FormatPreserving;
import org.wardlock.defense.BlockTransform.Negate;
import org.wardlock.defense.BlockTransform.NegateEach;
import org.wardlock.defense.BlockTransform.Scramble;
import org.wardlock.defense.BlockTransform.Shuffle;
import org.wardlock.defense.BlockTransform.ShuffleEach;

/** The composed map against the definition: cut into blocks, apply each step, put together. */
@Domain(KeySpecs.class)
@Domain(DomainContext.Global.class)
class PixelMapProperties {
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void composedMapIsItsStepsOneAfterTheOther(
      @ForAll KeySpec spec,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 3) int down,
      @ForAll @IntRange(min = 1, max = 3) int across) {
    Key key = ExperimentKeys.draw(spec, 1, seed).getFirst();
    int height = down * spec.block();
    int width = across * spec.block();
    float[] picture = Pictures.random(seed, channels * height * width, 255);
    float[] expected = picture;
    for (BlockTransform step : key.blockTransforms(channels, height, width)) {
      expected = byDefinition(step, spec, channels, height, width, expected);
    }
    float[] found = key.pixelMap(channels, height, width).apply(picture);
    long negations = spec.transforms().stream().filter(TransformKind::isNegating).count();
    // what is negated twice the map leaves as it is, where step by step it is rounded
    assertArrayEquals(expected, found, negations > 1 ? 0x1p-23f : 0f);
  }

  @Property(tries = 300)
  void eightBitPicturesComeBack(@ForAll KeySpec spec, @ForAll long seed) {
    Key key = ExperimentKeys.draw(spec, 1, seed).getFirst();
    int side = 2 * spec.block();
    float[] picture = Pictures.random(seed, 3 * side * side, 255);
    PixelMap map = key.pixelMap(3, side, side);
    float[] back = map.invert(map.apply(picture));
    boolean negationRounds = spec.transforms().stream().anyMatch(TransformKind::isNegating);
    float tolerance = negationRounds && map.isDifferentiable() ? 0x1p-25f : 0f;
    for (int i = 0; i < picture.length; i++) {
      assertEquals(picture[i], back[i], tolerance);
      assertEquals(Math.round(picture[i] * 255), Math.round(back[i] * 255));
    }
  }

  @Property(tries = 200)
  void multiplesOfTheGridComeBackToTheBit(@ForAll KeySpec spec, @ForAll long seed) {
    Key key = ExperimentKeys.draw(spec, 1, seed).getFirst();
    int side = 2 * spec.block();
    float[] picture = Pictures.random(seed, 3 * side * side, 1 << 24);
    PixelMap map = key.pixelMap(3, side, side);
    if (map.isDifferentiable()) {
      assertArrayEquals(picture, map.invert(map.apply(picture)), 0f);
    }
  }

  @Property(tries = 100)
  void sourcesAreAPermutation(@ForAll KeySpec spec, @ForAll long seed) {
    Key key = ExperimentKeys.draw(spec, 1, seed).getFirst();
    int side = 3 * spec.block();
    int[] sources = key.pixelMap(3, side, side).sources();
    assertArrayEquals(sources, Permutation.of(sources).toArray());
  }

  @Property(tries = 200)
  void resultsStayPixels(@ForAll KeySpec spec, @ForAll long seed) {
    Key key = ExperimentKeys.draw(spec, 1, seed).getFirst();
    int side = 2 * spec.block();
    for (float value :
        key.pixelMap(3, side, side).apply(Pictures.random(seed, 3 * side * side, 1000))) {
      assertTrue(value >= 0f && value <= 1f, () -> "found " + value);
    }
  }

  private static float[] byDefinition(
      BlockTransform step, KeySpec spec, int channels, int height, int width, float[] picture) {
    int block = spec.block();
    int across = width / block;
    var result = new float[picture.length];
    for (int number = 0; number < height / block * across; number++) {
      int source = step instanceof Scramble(var blocks, _) ? blocks.at(number) : number;
      int[] to =
          positions(
              spec, channels, height, width, number / across * block, number % across * block);
      int[] from =
          positions(
              spec, channels, height, width, source / across * block, source % across * block);
      var in = new float[from.length];
      for (int i = 0; i < from.length; i++) {
        in[i] = picture[from[i]];
      }
      float[] out = byDefinition(step, number, in);
      for (int i = 0; i < to.length; i++) {
        result[to[i]] = out[i];
      }
    }
    return result;
  }

  private static int[] positions(
      KeySpec spec, int channels, int height, int width, int top, int left) {
    int block = spec.block();
    var at = new int[spec.blockLength(channels)];
    for (int row = 0; row < block; row++) {
      for (int column = 0; column < block; column++) {
        for (int channel = 0; channel < channels; channel++) {
          int number =
              spec.flattenOrder() == FlattenOrder.HWC
                  ? (row * block + column) * channels + channel
                  : (channel * block + row) * block + column;
          at[number] = (channel * height + top + row) * width + left + column;
        }
      }
    }
    return at;
  }

  private static float[] byDefinition(BlockTransform step, int block, float[] in) {
    var out = new float[in.length];
    for (int i = 0; i < in.length; i++) {
      out[i] =
          switch (step) {
            case Shuffle(var permutation) -> in[permutation.at(i)];
            case ShuffleEach(var permutations) -> in[permutations.get(block).at(i)];
            case Scramble _ -> in[i];
            case Negate negate -> negate.mask()[i] ? 1 - in[i] : in[i];
            case NegateEach negate -> negate.masks().get(block)[i] ? 1 - in[i] : in[i];
            case FormatPreserving ffx -> {
              int level = (int) (in[i] * 255);
              float largest = Arrays.stream(ffx.table()).max().orElseThrow();
              yield (ffx.mask()[i] ? ffx.table()[level] : level) / largest;
            }
          };
    }
    return out;
  }
}
