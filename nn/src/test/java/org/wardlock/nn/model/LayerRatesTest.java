package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Shared;
import org.wardlock.nn.TrainableParameters;

class LayerRatesTest {
  /** Exponents as timm and BEiT count layers. */
  @ParameterizedTest
  @CsvSource({
    "deit_tiny_patch16_224, patch_embed.proj.weight, 13, patch-embed",
    "deit_tiny_patch16_224, pos_embed, 13, position",
    "deit_tiny_patch16_224, cls_token, 13, position",
    "deit_tiny_patch16_224, blocks.0.norm1.weight, 12, body",
    "deit_tiny_patch16_224, blocks.11.mlp.fc2.bias, 1, body",
    "deit_tiny_patch16_224, blocks.3.attn.qkv.lora.q.a, 9, body",
    "deit_tiny_patch16_224, norm.weight, 0, body",
    "deit_tiny_patch16_224, head.bias, 0, head",
    "deit_tiny_distilled_patch16_224, dist_token, 13, position",
    "deit_tiny_distilled_patch16_224, head_dist.weight, 0, head",
    "deit3_small_patch16_224, blocks.4.ls2.gamma, 8, body",
    "convmixer-8-4-k3-p4, stem.2.running_mean, 5, patch-embed",
    "convmixer-8-4-k3-p4, blocks.3.1.weight, 1, body",
    "convmixer-8-4-k3-p4, head.weight, 0, head",
    "resnet20, bn1.weight, 10, patch-embed",
    "resnet20, conv1.weight, 10, patch-embed",
    "resnet20, layer1.0.conv1.weight, 9, body",
    "resnet20, layer3.2.bn2.bias, 1, body",
    "resnet20, linear.weight, 0, head",
    "resnet50, layer2.0.downsample.1.weight, 13, body",
    "resnet50, fc.weight, 0, head",
  })
  void layersAreCountedFromTheHead(String name, String parameter, int exponent, String part) {
    Body body = Architecture.named(name).body();
    assertEquals(Math.pow(0.5, exponent), new LayerRates(0.5).scale(body, parameter));
    assertEquals(1, new LayerRates(1).scale(body, parameter));
    assertEquals(Part.parse(part), Set.of(Part.of(body, parameter)));
  }

  @Test
  void eachRateHasItsGroups() {
    Body body = Architecture.named("vit-8-2-h2-p4").body();
    ParameterSource source = ParameterSource.initial(Shared.device(), 0);
    body.build(source, 8, 3);
    var rates = new LayerRates(0.5);
    var trained =
        TrainableParameters.of(
            Shared.device(), source.parameters(), _ -> true, p -> rates.scale(body, p.name()));
    List<TrainableParameters.Group> groups = trained.groups();
    assertEquals(8, groups.size()); // four rates, with decay and without
    int start = 0;
    int next = 0;
    for (TrainableParameters.Group group : groups) {
      assertEquals(start, group.start());
      while (start < group.end()) {
        var parameter = trained.parameters().get(next++);
        assertEquals(rates.scale(body, parameter.name()), group.rateScale(), parameter.name());
        start += (int) parameter.shape().count();
      }
      assertEquals(start, group.end());
    }
    assertEquals(trained.parameters().size(), next);
    assertThrows(IllegalArgumentException.class, () -> new LayerRates(0));
    assertThrows(IllegalArgumentException.class, () -> new LayerRates(1.5));
  }
}
