package org.wardlock.defense;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.StoredModel;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * A stored ensemble of keyed models: what they share once, what each has of its own apart, and how
 * they vote. docs/formats.md has the files.
 *
 * @param folder where it is
 * @param config what every member is; it names no key
 * @param voting how many members are asked, and how their answers become one
 * @param keyIds of the members' keys, in order
 */
public record EnsembleFolder(Path folder, ModelConfig config, Voting voting, List<String> keyIds) {
  /** The file that tells an ensemble's folder from a model's. */
  public static final String FILE = "ensemble.json";

  /** The name of the weights that all members share. */
  public static final String BODY = "body.safetensors";

  private static final int FORMAT = 2;
  private static final int FORMAT_WITHOUT_DIGESTS = 1;
  private static final String BODY_DIGEST = "body";
  private static final String DIGEST = "sha256";
  private static final int MOST_MEMBERS = 10_000;

  /** Keeps a copy of the list. */
  public EnsembleFolder {
    keyIds = List.copyOf(keyIds);
  }

  /** Whether a folder holds an ensemble. */
  public static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(FILE));
  }

  /**
   * Looks into a folder and checks what it holds.
   *
   * @throws FormatException if it holds no ensemble, not as this version writes it, or a damaged
   *     one
   */
  public static EnsembleFolder open(Path folder) throws FormatException {
    ModelConfig config = ModelFolder.open(folder).config();
    JsonFile json = description(folder.resolve(FILE));
    var keyIds = new ArrayList<String>();
    var digests = new ArrayList<String>();
    for (JsonFile member : json.objects("members")) {
      keyIds.add(member.text(ModelConfig.KEY_ID));
      digests.add(member.text(DIGEST));
    }
    int asked = json.integer("asked", 1, Math.clamp(keyIds.size(), 1, MOST_MEMBERS));
    var ensemble = new EnsembleFolder(folder, config, new Voting(asked, rule(json)), keyIds);
    Checksums.require(folder.resolve(BODY), json.text(BODY_DIGEST), FILE);
    for (int number = 0; number < keyIds.size(); number++) {
      Checksums.require(ensemble.member(number), digests.get(number), FILE);
    }
    return ensemble;
  }

  private static JsonFile description(Path file) throws FormatException {
    JsonFile json = JsonFile.read(file);
    if (json.integer("format") == FORMAT_WITHOUT_DIGESTS) {
      throw json.problem(
          "format %d, which has no digests of the weights to check them by, expected %d: put the members together afresh by 'ensemble'"
              .formatted(FORMAT_WITHOUT_DIGESTS, FORMAT),
          null);
    }
    return JsonFile.read(file, FORMAT);
  }

  private static Voting.Rule rule(JsonFile json) throws FormatException {
    String found = json.text("rule");
    return Arrays.stream(Voting.Rule.values())
        .filter(rule -> text(rule).equals(found))
        .findFirst()
        .orElseThrow(
            () -> json.problem("rule '%s', expected mean or majority".formatted(found), null));
  }

  private static String text(Voting.Rule rule) {
    return rule.name().toLowerCase(Locale.ROOT);
  }

  /** Where what one member has of its own lies. */
  public Path member(int number) {
    return folder.resolve("member-" + number + ".safetensors");
  }

  /**
   * Puts models together; what all have to the bit is stored once. All are loaded one by one before
   * anything is written.
   *
   * @param folder that exists; {@code config.json} is left to whoever knows what run this is, and
   *     makes the folder whole
   * @param models of one architecture, each made for a key; they may be adapters of one base, whose
   *     low-rank changes become whole weights of the member
   * @return the part of the stored numbers that all members share
   * @throws FormatException if the models do not belong together
   * @throws WeightsException if weights are missing or do not fit
   * @throws IOException if a file cannot be written
   */
  public static double write(Path folder, List<StoredModel> models, Voting voting)
      throws IOException {
    ModelConfig first = models.getFirst().config();
    for (StoredModel model : models) {
      requireFit(first, model);
    }
    for (StoredModel model : models) {
      model.classifier(Device.CPU).close();
    }
    try (Scope _ = Scope.open("ensemble")) {
      return writeTensors(folder, models, voting);
    }
  }

  private static double writeTensors(Path folder, List<StoredModel> models, Voting voting)
      throws IOException {
    var names = new LinkedHashSet<String>();
    models.forEach(model -> names.addAll(model.weights().names()));
    var shared = new LinkedHashMap<String, Tensor>();
    var own = new TreeSet<String>();
    long count = 0;
    long sharedCount = 0;
    for (String name : names) {
      Tensor tensor = holder(models, name).tensor(name, Device.CPU);
      count += tensor.shape().count();
      if (models.stream().allMatch(other -> isEqual(tensor, name, other.weights()))) {
        shared.put(name, tensor);
        sharedCount += tensor.shape().count();
      } else {
        own.add(name);
      }
    }
    Path body = folder.resolve(BODY);
    Safetensors.write(body, shared, Map.of());
    var members = new ArrayList<Map<String, String>>();
    var ensemble = new EnsembleFolder(folder, models.getFirst().config(), voting, List.of());
    for (int number = 0; number < models.size(); number++) {
      StoredModel model = models.get(number);
      var tensors = new LinkedHashMap<String, Tensor>();
      for (String name : own) {
        // a counter that nothing computes with may be in one file and not in another
        if (has(model.weights(), name)) {
          tensors.put(name, model.weights().tensor(name, Device.CPU));
        }
      }
      String keyId = model.config().keyId().orElseThrow();
      Path file = ensemble.member(number);
      Safetensors.write(file, tensors, model.config().metadata());
      members.add(entry(file, keyId));
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put("asked", voting.asked());
    json.put("rule", text(voting.rule()));
    json.put(BODY_DIGEST, Checksums.of(body));
    json.put("members", members);
    JsonFile.replace(folder.resolve(FILE), json);
    return (double) sharedCount / count;
  }

  private static Map<String, String> entry(Path file, String keyId) throws IOException {
    var entry = new LinkedHashMap<String, String>();
    entry.put("weights", file.getFileName().toString());
    entry.put(ModelConfig.KEY_ID, keyId);
    entry.put(DIGEST, Checksums.of(file));
    return entry;
  }

  private static Weights holder(List<StoredModel> models, String name) {
    return models.stream()
        .map(StoredModel::weights)
        .filter(weights -> has(weights, name))
        .findFirst()
        .orElseThrow();
  }

  private static boolean has(Weights weights, String name) {
    return weights.names().contains(name);
  }

  private static void requireFit(ModelConfig first, StoredModel model) throws FormatException {
    ModelConfig found = model.config();
    if (found.keyId().isEmpty()) {
      throw new FormatException(
          model.place(), "a model without a key; expected members made for one each");
    }
    if (!found.architecture().equals(first.architecture())) {
      throw new FormatException(
          model.place(),
          "%s; expected what the first member is: %s".formatted(text(found), text(first)));
    }
    requireSameNames(first, found, model.place());
  }

  private static void requireSameNames(ModelConfig first, ModelConfig found, Path place)
      throws FormatException {
    boolean known = !first.classNames().isEmpty() && !found.classNames().isEmpty();
    for (int label = 0; known && label < found.classNames().size(); label++) {
      if (!found.className(label).equals(first.className(label))) {
        throw new FormatException(
            place,
            "class %s is '%s'; expected '%s' as in the first member"
                .formatted(label, found.className(label), first.className(label)));
      }
    }
  }

  private static String text(ModelConfig config) {
    Architecture architecture = config.architecture();
    return "%s with %s classes and %s"
        .formatted(architecture.name(), architecture.classes(), architecture.preprocessing());
  }

  private static boolean isEqual(Tensor tensor, String name, Weights other) {
    try (Scope _ = Scope.open("comparison of weights")) {
      if (!has(other, name) || !other.shape(name).equals(tensor.shape())) {
        return false;
      }
      Tensor theirs = other.tensor(name, Device.CPU);
      return theirs.dtype() == tensor.dtype()
          && MemorySegment.ofArray(bytes(tensor)).mismatch(MemorySegment.ofArray(bytes(theirs)))
              == -1;
    } catch (WeightsException _) {
      return false; // said when it is read to be written
    }
  }

  private static byte[] bytes(Tensor tensor) {
    var bytes =
        new byte
            [Math.toIntExact(Math.multiplyExact(tensor.shape().count(), tensor.dtype().bytes()))];
    tensor.download(MemorySegment.ofArray(bytes));
    return bytes;
  }

  /**
   * The ensemble, with one body in memory.
   *
   * @param keys of the members, in order; they may be closed afterwards
   * @param device where to compute
   * @throws WrongKeyException if a key is not its member's
   * @throws FormatException if a member's weights say that they were made for another key
   * @throws WeightsException if weights are missing or do not fit
   */
  public KeyedEnsemble load(List<Key> keys, Device device) throws IOException {
    if (keys.size() != keyIds.size()) {
      throw new IllegalArgumentException(
          "ensemble %s: found %s keys; expected one for each of %s members"
              .formatted(folder, keys.size(), keyIds.size()));
    }
    for (int number = 0; number < keys.size(); number++) {
      KeyedClassifier.requireFit(asModel(number), keys.get(number));
    }
    var networks = new ArrayList<ImageClassifier>();
    try (Safetensors body = Safetensors.open(folder.resolve(BODY))) {
      for (int number = 0; number < keys.size(); number++) {
        try (Safetensors own = Safetensors.open(member(number))) {
          requireKeyId(own, number);
          networks.add(
              number == 0
                  ? ImageClassifier.load(config.architecture(), device, own.over(body))
                  : networks.getFirst().sharing(own));
        }
      }
      return KeyedEnsemble.of(networks, keys, voting);
    } catch (IOException | RuntimeException e) {
      networks.forEach(ImageClassifier::close);
      throw e;
    }
  }

  private void requireKeyId(Safetensors own, int number) throws FormatException {
    String found = ModelConfig.keyId(own).orElse("none");
    if (!found.equals(keyIds.get(number))) {
      throw new FormatException(
          member(number),
          "made for key %s, expected %s by %s".formatted(found, keyIds.get(number), FILE));
    }
  }

  /** A member as a stored model, for whoever asks which key it was made for. */
  public ModelFolder asModel(int number) {
    var keyed =
        new ModelConfig(
            config.architecture(), config.classNames(), Optional.of(keyIds.get(number)));
    return new ModelFolder(member(number), keyed);
  }
}
