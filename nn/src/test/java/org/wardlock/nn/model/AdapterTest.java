package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.nn.LoraSettings;
import org.wardlock.nn.LoraTarget;
import org.wardlock.nn.NormStatistics;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.Shared;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Adapters as files: what they say, and every way in which they do not fit. */
class AdapterTest {
  private static final Architecture VIT = Architecture.named("vit-16-1-h2-p8").withClasses(3);
  private static final LoraSettings LORA =
      new LoraSettings(2, 3.5, 0.25, Set.of(LoraTarget.QKV, LoraTarget.FC1));

  private final Device device = Shared.device();

  @TempDir Path folder;
  private Path base;
  private Path adapter;

  @BeforeEach
  void write() throws IOException {
    adapter = Files.createDirectories(folder.resolve("adapter"));
    base = folder.resolve("base.safetensors");
    try (Scope _ = Scope.open("base")) {
      Network network = Network.initial(VIT, device, 1);
      Safetensors.write(base, network.parameters().state(device), Map.of());
    }
    try (Scope _ = Scope.open("adapter");
        Safetensors stored = Safetensors.open(base)) {
      Network network = Network.adapt(VIT, device, stored, Optional.of(LORA), false, 2);
      var config = new ModelConfig(VIT, List.of("a", "b", "c"), Optional.of("key"));
      new Adapter(adapter, Checksums.of(base), config, Optional.of(LORA))
          .write(network.parameters().state(device, Parameter::isFactor));
    }
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Adapter read = Adapter.open(adapter);
    assertEquals(Checksums.of(base), read.base());
    assertEquals("b", read.config().className(1));
    assertEquals(Optional.of("key"), read.config().keyId());
    assertEquals(Optional.of(LORA), read.lora());
    assertTrue(Adapter.isIn(adapter));
    assertTrue(read.bytes() > 0);
    read.classifier(base, device).close();
    try (Safetensors tensors = Safetensors.open(adapter.resolve(Adapter.TENSORS))) {
      assertEquals("key", tensors.metadata().get(ModelConfig.KEY_ID));
    }
  }

  @Test
  void otherWeightsAreRefused() throws IOException {
    Path other = folder.resolve("other.safetensors");
    try (Scope _ = Scope.open("other")) {
      Network network = Network.initial(VIT, device, 9);
      Safetensors.write(other, network.parameters().state(device), Map.of());
    }
    Adapter read = Adapter.open(adapter);
    var error = assertThrows(FormatException.class, () -> read.classifier(other, device));
    assertTrue(error.getMessage().contains("give the weights it was made from"));
    assertTrue(error.getMessage().contains(Checksums.of(other)), error::getMessage);
    assertEquals(1, error.getMessage().lines().count());
  }

  @Test
  void damagedTensorsAreRefused() throws IOException {
    Path tensors = adapter.resolve(Adapter.TENSORS);
    byte[] bytes = Files.readAllBytes(tensors);
    bytes[bytes.length - 5] ^= 4;
    Files.write(tensors, bytes);
    var error = assertThrows(FormatException.class, () -> Adapter.open(adapter));
    assertTrue(error.getMessage().contains(Adapter.TENSORS + ": damaged"), error::getMessage);
    Files.delete(tensors);
    assertThrows(FormatException.class, () -> Adapter.open(adapter));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"format\" : 1 | \"format\" : 2 | format 2, expected 1",
        "\"rank\" : 2 | \"rank\" : 0 | rank is 0, expected 1",
        "\"alpha\" : 3.5 | \"alpha\" : -1 | LoRA alpha -1",
        "\"qkv,fc1\" | \"key\" | LoRA target 'key'",
        "\"base\" | \"basis\" | base is missing",
        "\"tensors\" | \"tensor\" | tensors is missing",
        "vit-16-1-h2-p8 | vit-none | vit-none",
      })
  void damagedDescriptionsAreRefused(String found, String replaced, String expected)
      throws IOException {
    Path file = adapter.resolve(Adapter.DESCRIPTION);
    String text = Files.readString(file);
    assertTrue(text.contains(found), text);
    Files.writeString(file, text.replace(found, replaced));
    var error = assertThrows(FormatException.class, () -> Adapter.open(adapter));
    assertTrue(error.getMessage().contains(expected), error::getMessage);
    assertEquals(1, error.getMessage().lines().count());
  }

  /** Tensors that the architecture does not have, though the description vouches for them. */
  @Test
  void tensorsOfAnotherArchitectureAreRefused() throws IOException {
    Architecture narrow = Architecture.named("vit-8-1-h2-p8").withClasses(3);
    var config = new ModelConfig(narrow, List.of(), Optional.empty());
    try (Scope _ = Scope.open("test")) {
      Network network = Network.initial(narrow, device, 1);
      Adapter wrong = new Adapter(adapter, Checksums.of(base), config, Optional.empty());
      wrong.write(network.parameters().state(device, p -> p.name().startsWith("head.")));
    }
    Adapter read = Adapter.open(adapter);
    assertThrows(WeightsException.class, () -> read.classifier(base, device));
  }

  @Test
  void besideHalfPrecisionWhatChangedIsHalfPrecisionToo() throws IOException {
    Path half = folder.resolve("half.safetensors");
    var config = new ModelConfig(VIT, List.of(), Optional.empty());
    try (Scope _ = Scope.open("test");
        Safetensors stored = Safetensors.open(base)) {
      var numbers = new LinkedHashMap<String, Tensor>();
      for (String name : stored.names()) {
        numbers.put(name, stored.tensor(name, device).cast(DType.F16));
      }
      Safetensors.write(half, numbers, Map.of());
      Tensor large = Tensor.of(device, Shape.of(3), 1, 2, 70_000);
      Map<String, Tensor> changed =
          Map.of(
              "head.weight", Tensor.full(device, Shape.of(3, 16), 0.1f),
              "head.bias", large,
              "norm.steps", Tensor.ofLongs(device, Shape.of(1), 7));
      Adapter written = new Adapter(adapter, Checksums.of(half), config, Optional.empty());
      written.write(changed, half);
      try (Safetensors read = Safetensors.open(adapter.resolve(Adapter.TENSORS))) {
        assertEquals(Optional.of(DType.F16), read.dtype("head.weight"));
        assertEquals(Optional.of(DType.F32), read.dtype("head.bias"), "70,000 is no float16");
        assertEquals(Optional.of(DType.I64), read.dtype("norm.steps"));
        Tensor weight = read.tensor("head.weight", device).cast(DType.F32);
        assertEquals(Float.float16ToFloat(Float.floatToFloat16(0.1f)), weight.toFloats()[0]);
      }
      assertThrows(FormatException.class, () -> written.write(changed, base), "another base");
      new Adapter(adapter, Checksums.of(base), config, Optional.empty()).write(changed, base);
      try (Safetensors read = Safetensors.open(adapter.resolve(Adapter.TENSORS))) {
        assertEquals(Optional.of(DType.F32), read.dtype("head.weight"), "beside float32");
      }
    }
  }

  /** Eight keys of one published model must cost less than half of it. */
  @Test
  void patchEmbeddingAndHeadOfDeitTinyAreLessThanATwentiethOfItsFile() throws IOException {
    Path weights = Shared.file("data/weights/deit-tiny-imagenet-f16.safetensors");
    Architecture ten = Architecture.named("deit_tiny_patch16_224").withClasses(10);
    Map<Set<Part>, Optional<LoraSettings>> ways =
        Map.of(
            Set.of(Part.PATCH_EMBED, Part.HEAD), Optional.empty(),
            Set.of(Part.HEAD), Optional.of(new LoraSettings(8, 8, 0, Set.of(LoraTarget.QKV))));
    for (var way : ways.entrySet()) {
      var tuning = new FineTuning(way.getKey(), way.getValue(), NormStatistics.REFRESHED);
      try (Scope _ = Scope.open("test");
          Safetensors stored = Safetensors.open(weights)) {
        Network network = Network.adapt(ten, device, stored, way.getValue(), true, 1);
        var config = new ModelConfig(ten, List.of(), Optional.of("key"));
        Adapter written = new Adapter(adapter, Checksums.of(weights), config, way.getValue());
        written.write(network.parameters().state(device, tuning.trained(ten.body())), weights);
        double share = (double) written.bytes() / Files.size(weights);
        assertTrue(share < 0.05, way + ": " + share);
        written.classifier(weights, device).close();
        network.release();
      }
    }
  }
}
