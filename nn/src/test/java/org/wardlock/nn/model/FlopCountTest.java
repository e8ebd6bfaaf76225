package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The count against numbers found by hand. */
class FlopCountTest {
  /** Layer by layer on paper, to three digits. */
  @ParameterizedTest
  @CsvSource({
    "vit_small_patch16_224, 9.2",
    "deit_small_distilled_patch16_224, 9.25",
    "deit3_small_patch16_224, 9.2",
    "convmixer_768_32, 41.4",
    "convmixer-256-8-k5-p2, 0.296",
    "resnet18, 3.63",
    "resnet50, 8.18",
    "resnet20, 0.0811",
  })
  void forwardIsWhatTheArchitectureSays(String name, double gigaflops) {
    double counted = FlopCount.forward(Architecture.named(name)) / 1e9;
    assertEquals(gigaflops, counted, 0.005 * gigaflops, name);
  }

  @Test
  void aTinyConvMixerIsCountedTermByTerm() {
    Architecture architecture = Architecture.named("convmixer-4-1-k3-p2").withImageSize(4);
    double stem = 2 * 4 * 12 * 4;
    double depthwise = 2 * 4 * 4 * 9;
    double pointwise = 2 * 4 * 4 * 4;
    double head = 2 * 4 * 10;
    assertEquals(stem + depthwise + pointwise + head, FlopCount.forward(architecture));
  }

  @Test
  void backwardCostsAsMuchAsForwardForEachGradient() {
    Architecture architecture = Architecture.named("vit-8-1-h2-p4");
    double forward = FlopCount.forward(architecture);
    assertEquals(3 * forward, FlopCount.training(architecture));
    assertEquals(2 * forward, FlopCount.inputGradient(architecture));
  }
}
