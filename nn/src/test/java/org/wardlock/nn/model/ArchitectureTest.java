package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.data.image.Interpolation;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.Shared;
import org.wardlock.nn.model.VisionTransformer.Variant;
import org.wardlock.tensor.Activation;

class ArchitectureTest {
  @Tag("cpu-only") // a number of parameters is one everywhere
  @ParameterizedTest
  @CsvSource({
    "vit_tiny_patch16_224, 5717416",
    "deit_tiny_patch16_224, 5717416",
    "vit_small_patch16_224, 22050664",
    "deit_small_patch16_224, 22050664",
    "vit_small_patch32_224, 22878952",
    "vit_small_patch8_224, 22055272",
    "vit_tiny_patch16_384, 5790376",
    "deit_tiny_distilled_patch16_224, 5910800",
    "deit_small_distilled_patch16_224, 22436432",
    "deit3_small_patch16_224, 22059496",
    "deit3_small_patch16_384, 22205416",
    "deit3_medium_patch16_224, 38849512",
    "convmixer_768_32, 21110248",
    "convmixer_1024_20_ks9_p14, 24383464",
    "resnet18, 11689512",
    "resnet50, 25557032",
    "resnet20, 269722",
    "resnet56, 853018"
  })
  void publishedNetworksHaveTheirNumberOfParameters(String name, long count) {
    Architecture architecture = Architecture.named(name);
    assertTrue(architecture.isPublished());
    ParameterSource source = ParameterSource.initial(Shared.device(), 0);
    architecture.body().build(source, architecture.imageSize(), architecture.classes());
    assertEquals(count, source.parameters().learntCount());
    source.parameters().release();
  }

  @Test
  void everyPublishedNameIsThere() {
    assertEquals(41, Architecture.names().size());
    assertEquals(
        new VisionTransformer.Size(768, 12, 12, 16),
        Architecture.named("vit_base_patch16_224").body());
    assertEquals(
        new VisionTransformer.Size(1024, 24, 16, 32),
        Architecture.named("vit_large_patch32_384").body());
    assertEquals(
        new VisionTransformer.Size(1280, 32, 16, 14),
        Architecture.named("vit_huge_patch14_224").body());
    assertEquals(
        new VisionTransformer.Size(1280, 32, 16, 14, Variant.DEIT3),
        Architecture.named("deit3_huge_patch14_224").body());
    assertEquals(
        new VisionTransformer.Size(768, 12, 12, 16, Variant.NO_QKV_BIAS),
        Architecture.named("vit_base_patch16_224_miil").body());
    assertEquals(
        new VisionTransformer.Size(768, 12, 12, 16, Variant.DISTILLED),
        Architecture.named("deit_base_distilled_patch16_384").body());
    assertEquals(
        new ConvMixer.Size(1536, 20, 9, 7, Activation.GELU),
        Architecture.named("convmixer_1536_20").body());
  }

  @Test
  void vitAndDeitDifferInTheirNormalisation() {
    assertEquals(
        PixelStatistics.HALF,
        Architecture.named("vit_tiny_patch16_224").preprocessing().statistics());
    Preprocessing deit = Architecture.named("deit_tiny_patch16_224").preprocessing();
    assertEquals(
        new Preprocessing(224, 0.9, Interpolation.BICUBIC, PixelStatistics.IMAGENET), deit);
    assertEquals(deit, Architecture.named("deit_tiny_distilled_patch16_224").preprocessing());
    assertEquals(deit, Architecture.named("deit3_medium_patch16_224").preprocessing());
    var untouched = new PixelStatistics(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));
    assertEquals(
        new Preprocessing(224, 0.875, Interpolation.BILINEAR, untouched),
        Architecture.named("vit_base_patch16_224_miil").preprocessing());
  }

  @Test
  void largePicturesAreNotCropped() {
    assertEquals(
        new Preprocessing(384, 1, Interpolation.BICUBIC, PixelStatistics.HALF),
        Architecture.named("vit_base_patch32_384").preprocessing());
    assertEquals(
        new Preprocessing(384, 1, Interpolation.BICUBIC, PixelStatistics.IMAGENET),
        Architecture.named("deit_base_patch16_384").preprocessing());
    assertEquals(
        new Preprocessing(384, 1, Interpolation.BICUBIC, PixelStatistics.IMAGENET),
        Architecture.named("deit3_large_patch16_384").preprocessing());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convmixer-256-8-k5-p2",
        "convmixer-48-2-k7-p7-relu",
        "vit-192-12-h3-p16",
        "vit-192-12-h3-p16-distilled",
        "vit-192-12-h3-p16-deit3",
        "vit-192-12-h3-p16-no-qkv-bias"
      })
  void sizesAreNames(String name) {
    Architecture architecture = Architecture.named(name);
    assertFalse(architecture.isPublished());
    assertEquals(name, architecture.body().name());
    assertEquals(name, architecture.name());
    assertEquals(100, architecture.withClasses(100).classes());
    assertEquals(112, architecture.withImageSize(112).imageSize());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resnet34 | unknown; expected one of",
        "alexnet | unknown; expected one of convmixer_1024",
        "convmixer-0-2-k3-p4 | a size of 0",
        "vit-24-2-h3 | unknown",
        "vit-24-2-h3-p4-deit4 | vit-DIM-DEPTH-hHEADS-pP[-distilled|-deit3|-no-qkv-bias]"
      })
  void otherNamesAreRefused(String name, String expected) {
    var error = assertThrows(IllegalArgumentException.class, () -> Architecture.named(name));
    assertTrue(error.getMessage().startsWith("model '" + name + "': "), error::getMessage);
    assertTrue(error.getMessage().contains(expected), error::getMessage);
  }

  @Test
  void partsThatDoNotFitAreRefused() {
    Architecture mixer = Architecture.named("convmixer-8-1-k3-p4");
    var size = assertThrows(IllegalArgumentException.class, () -> mixer.withImageSize(30));
    assertEquals(
        "convmixer-8-1-k3-p4: image size 30 is no multiple of the patch size 4", size.getMessage());
    assertThrows(IllegalArgumentException.class, () -> mixer.withClasses(0));
    ParameterSource source = ParameterSource.initial(Shared.device(), 0);
    Body even = Architecture.named("convmixer-8-1-k4-p4").body();
    assertThrows(IllegalArgumentException.class, () -> even.build(source, 32, 10));
    Body heads = Architecture.named("vit-8-1-h3-p4").body();
    assertThrows(IllegalArgumentException.class, () -> heads.build(source.child("v"), 32, 10));
  }
}
