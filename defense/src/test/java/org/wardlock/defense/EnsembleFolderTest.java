package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.SHUFFLE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.nn.LoraSettings;
import org.wardlock.nn.LoraTarget;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.nn.model.StoredModel;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Twins of one network under several keys, stored with one body. */
class EnsembleFolderTest {
  private static final Architecture ARCHITECTURE =
      Architecture.named("vit-12-2-h2-p4").withImageSize(16).withClasses(4);
  private static final KeySpec SPEC = KeySpec.secure(4, SHUFFLE, NEGATE);
  private static final int MEMBERS = 3;

  @TempDir Path folder;
  private final List<Key> keys = ExperimentKeys.draw(SPEC, MEMBERS, 11);

  /** Twins of the same plain network. */
  private List<ModelFolder> twins() throws IOException {
    var folders = new ArrayList<ModelFolder>();
    try (Scope _ = Scope.open("twins")) {
      Weights plain = Twins.weights(ARCHITECTURE, 3);
      for (int number = 0; number < MEMBERS; number++) {
        Key key = keys.get(number);
        Weights twin = ModelEncryption.of(ARCHITECTURE, key).encrypt(plain);
        folders.add(store("twin-" + number, twin, Optional.of(key.id().text())));
      }
    }
    return folders;
  }

  private ModelFolder store(String name, Weights weights, Optional<String> keyId)
      throws IOException {
    Path place = Files.createDirectories(folder.resolve(name));
    var tensors = new LinkedHashMap<String, Tensor>();
    for (String tensor : weights.names()) {
      tensors.put(tensor, weights.tensor(tensor, TestDevice.get()));
    }
    Safetensors.write(place.resolve(ModelFolder.WEIGHTS), tensors, Map.of());
    describe(place, new ModelConfig(ARCHITECTURE, List.of(), keyId));
    return ModelFolder.open(place);
  }

  private static void describe(Path place, ModelConfig config) throws IOException {
    new RunConfig("test", "test", Map.of(), 0, "cpu", Optional.empty(), Optional.of(config))
        .write(place);
  }

  private EnsembleFolder stored(Voting voting) throws IOException {
    Path place = Files.createDirectories(folder.resolve("ensemble"));
    assertFalse(EnsembleFolder.isIn(place));
    double shared = write(place, twins(), voting);
    // the patch embedding's weight is apart; its bias is no function of the key
    long embedding = 12 * 48;
    long all = 0;
    for (Tensor tensor : state()) {
      all += tensor.shape().count();
    }
    assertEquals((double) (all - embedding) / all, shared, 1e-9);
    describe(place, new ModelConfig(ARCHITECTURE, List.of(), Optional.empty()));
    assertTrue(EnsembleFolder.isIn(place));
    return EnsembleFolder.open(place);
  }

  private static double write(Path place, List<ModelFolder> folders, Voting voting)
      throws IOException {
    var models = new ArrayList<StoredModel>();
    try {
      for (ModelFolder one : folders) {
        models.add(one.stored());
      }
      return EnsembleFolder.write(place, models, voting);
    } finally {
      models.forEach(StoredModel::close);
    }
  }

  private static List<Tensor> state() throws WeightsException {
    try (Scope _ = Scope.open("state")) {
      Weights weights = Twins.weights(ARCHITECTURE, 3);
      var tensors = new ArrayList<Tensor>();
      for (String name : weights.names()) {
        tensors.add(weights.tensor(name, TestDevice.get()));
      }
      return tensors;
    }
  }

  @Test
  void whoeverIsAskedATwinSaysWhatThePlainNetworkSays() throws IOException {
    var voting = new Voting(2, Voting.Rule.MAJORITY);
    EnsembleFolder opened = stored(voting);
    assertEquals(voting, opened.voting());
    assertEquals(keys.stream().map(key -> key.id().text()).toList(), opened.keyIds());
    try (Scope _ = Scope.open("test");
        KeyedEnsemble ensemble = opened.load(keys, TestDevice.get())) {
      Tensor images = Twins.pictures(ARCHITECTURE, 6, 5);
      float[] plain = Twins.logits(ARCHITECTURE, Twins.weights(ARCHITECTURE, 3), images);
      for (KeyedClassifier member : ensemble.members()) {
        assertTrue(Twins.largestDifference(plain, Twins.logits(member, images)) <= 1e-4);
      }
      int[] expected = Tensor.of(TestDevice.get(), Shape.of(6, 4), plain).argMax().toInts();
      int[] random = ensemble.logits(images).argMax().toInts();
      int[] repeated = ensemble.withChance(new Random(1)::nextInt).logits(images).argMax().toInts();
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], random[i]);
        assertEquals(expected[i], repeated[i]);
      }
      assertFalse(ensemble.isDeterministic());
      assertTrue(ensemble.isDifferentiable());
    }
  }

  /**
   * Of a base in half precision and for larger pictures: one member has learnt low-rank changes and
   * positions, the others patch embedding and head.
   */
  @Test
  void adaptersOfOneBaseSayInAnEnsembleWhatTheySayAlone() throws IOException {
    Path base = folder.resolve("base.safetensors");
    Architecture large = ARCHITECTURE.withImageSize(32);
    try (Scope _ = Scope.open("base")) {
      Weights full = Twins.weights(large, 3);
      var halves = new LinkedHashMap<String, Tensor>();
      for (String name : full.names()) {
        halves.put(name, full.tensor(name, TestDevice.get()).cast(DType.F16));
      }
      Safetensors.write(base, halves, Map.of());
    }
    List<String> ends = List.of("patch_embed.proj.weight", "patch_embed.proj.bias", "head.weight");
    var adapters = new ArrayList<Adapter>();
    for (int number = 0; number < MEMBERS; number++) {
      adapters.add(adapter(base, number, number == 1 ? List.of("pos_embed") : ends));
    }
    Path place = Files.createDirectories(folder.resolve("adapters"));
    var models = new ArrayList<StoredModel>();
    for (Adapter one : adapters) {
      models.add(one.stored(base));
    }
    double shared = EnsembleFolder.write(place, models, Voting.ONE);
    models.forEach(StoredModel::close);
    assertTrue(shared > 0.5, "shared " + shared);
    describe(place, new ModelConfig(ARCHITECTURE, List.of(), Optional.empty()));
    try (Scope _ = Scope.open("test");
        KeyedEnsemble ensemble = EnsembleFolder.open(place).load(keys, TestDevice.get())) {
      Tensor images = Twins.pictures(ARCHITECTURE, 4, 5);
      for (int number = 0; number < MEMBERS; number++) {
        Adapter one = adapters.get(number);
        try (KeyedClassifier alone =
            KeyedClassifier.load(base, one.folder(), keys.get(number), TestDevice.get())) {
          float[] expected = Twins.logits(alone, images);
          float[] found = Twins.logits(ensemble.members().get(number), images);
          assertEquals(0, Twins.largestDifference(expected, found));
        }
      }
    }
  }

  /** Numbers of its own under these names; low-rank changes, too, where those are no ends. */
  private Adapter adapter(Path base, int number, List<String> names) throws IOException {
    Optional<LoraSettings> lora =
        names.contains("pos_embed")
            ? Optional.of(new LoraSettings(2, 4, 0, Set.of(LoraTarget.QKV)))
            : Optional.empty();
    Path place = Files.createDirectories(folder.resolve("adapter-" + number));
    var config =
        new ModelConfig(ARCHITECTURE, List.of(), Optional.of(keys.get(number).id().text()));
    var adapter = new Adapter(place, Checksums.of(base), config, lora);
    try (Scope _ = Scope.open("adapter")) {
      Weights fresh = Twins.weights(ARCHITECTURE, 20 + number);
      var changed = new LinkedHashMap<String, Tensor>();
      for (String name : names) {
        changed.put(name, fresh.tensor(name, TestDevice.get()));
      }
      if (lora.isPresent()) {
        changed.put("blocks.1.attn.qkv.lora.q.a", slice(fresh, 2, 12));
        changed.put("blocks.1.attn.qkv.lora.q.b", slice(fresh, 12, 2));
      }
      adapter.write(changed);
    }
    return Adapter.open(place);
  }

  private static Tensor slice(Weights weights, int rows, int columns) throws WeightsException {
    Tensor numbers = weights.tensor("blocks.0.mlp.fc1.weight", TestDevice.get());
    return numbers.slice(0, 0, 2).reshape(rows, columns);
  }

  @Test
  void membersShareTheirBodyInMemoryAndMayEndInAnyOrder() throws IOException {
    try (Scope _ = Scope.open("test")) {
      Weights plain = Twins.weights(ARCHITECTURE, 3);
      Weights head =
          Weights.of(
              "a head",
              Map.of(
                  "head.bias",
                  Twins.weights(ARCHITECTURE, 9).tensor("head.bias", TestDevice.get())));
      Tensor images = Twins.pictures(ARCHITECTURE, 2, 5);
      ImageClassifier base = ImageClassifier.load(ARCHITECTURE, TestDevice.get(), plain);
      ImageClassifier other = base.sharing(head);
      float[] before = Twins.logits(other, images);
      base.close();
      assertEquals(0, Twins.largestDifference(before, Twins.logits(other, images)));
      other.close();
      assertThrows(IllegalStateException.class, () -> Twins.logits(other, images));
      Weights unknown = Weights.of("another", Map.of("tail.bias", images));
      try (ImageClassifier again = ImageClassifier.load(ARCHITECTURE, TestDevice.get(), plain)) {
        var refusal = assertThrows(WeightsException.class, () -> again.sharing(unknown));
        assertTrue(refusal.getMessage().contains("tail.bias"), refusal.getMessage());
      }
    }
  }

  @Test
  void whatDoesNotBelongTogetherIsRefused() throws IOException {
    EnsembleFolder opened = stored(Voting.ONE);
    List<Key> swapped = List.of(keys.get(1), keys.get(0), keys.get(2));
    assertThrows(WrongKeyException.class, () -> opened.load(swapped, TestDevice.get()));
    assertThrows(
        IllegalArgumentException.class, () -> opened.load(keys.subList(0, 2), TestDevice.get()));
    Path out = Files.createDirectories(folder.resolve("other"));
    var members = new ArrayList<>(twins());
    try (Scope _ = Scope.open("plain")) {
      members.set(1, store("plain", Twins.weights(ARCHITECTURE, 3), Optional.empty()));
    }
    var keyless = assertThrows(FormatException.class, () -> write(out, members, Voting.ONE));
    assertTrue(keyless.getMessage().contains("without a key"), keyless.getMessage());
    Path json = opened.folder().resolve(EnsembleFolder.FILE);
    String good = Files.readString(json);
    Files.writeString(json, good.replace("mean", "loudest"));
    assertThrows(FormatException.class, () -> EnsembleFolder.open(opened.folder()));
    Files.writeString(json, good.replace("\"asked\" : 1", "\"asked\" : 4"));
    assertThrows(FormatException.class, () -> EnsembleFolder.open(opened.folder()));
  }

  /** Members of equal shapes: nothing but digests and ids tells that each lies in its place. */
  @Test
  void exchangedMembersAreRefused() throws IOException {
    EnsembleFolder opened = stored(Voting.ONE);
    exchange(opened.member(0), opened.member(1));
    refuse(opened.member(0), "damaged: has digest");
    Path json = opened.folder().resolve(EnsembleFolder.FILE);
    String first = Checksums.of(opened.member(0));
    String second = Checksums.of(opened.member(1));
    String exchanged =
        Files.readString(json).replace(first, "?").replace(second, first).replace("?", second);
    Files.writeString(json, exchanged);
    EnsembleFolder vouched = EnsembleFolder.open(opened.folder());
    var refusal = assertThrows(FormatException.class, () -> vouched.load(keys, TestDevice.get()));
    assertTrue(
        refusal.getMessage().contains("made for key " + keys.get(1).id()), refusal.getMessage());
  }

  private static void exchange(Path one, Path other) throws IOException {
    byte[] bytes = Files.readAllBytes(one);
    Files.copy(other, one, StandardCopyOption.REPLACE_EXISTING);
    Files.write(other, bytes);
  }

  @Test
  void aFlippedBitIsRefused() throws IOException {
    EnsembleFolder opened = stored(Voting.ONE);
    for (Path file : List.of(opened.folder().resolve(EnsembleFolder.BODY), opened.member(2))) {
      byte[] good = Files.readAllBytes(file);
      byte[] bad = good.clone();
      bad[bad.length - 1] ^= 1;
      Files.write(file, bad);
      refuse(file, "damaged: has digest");
      Files.delete(file);
      refuse(file, "cannot be read");
      Files.write(file, good);
    }
    assertEquals(opened, EnsembleFolder.open(opened.folder()));
  }

  @Test
  void foldersWithoutDigestsAreRefused() throws IOException {
    EnsembleFolder opened = stored(Voting.ONE);
    Path json = opened.folder().resolve(EnsembleFolder.FILE);
    String before = Files.readString(json).replace("\"format\" : 2", "\"format\" : 1");
    Files.writeString(json, before);
    refuse(json, "format 1, which has no digests");
  }

  /** The ensemble is refused in one line that begins with the file. */
  private void refuse(Path file, String why) {
    var refusal =
        assertThrows(FormatException.class, () -> EnsembleFolder.open(folder.resolve("ensemble")));
    assertTrue(refusal.getMessage().startsWith(file + ": " + why), refusal.getMessage());
  }
}
