package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.data.Dataset;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyId;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Shape;
import org.wardlock.threat.BehindKey;
import org.wardlock.threat.KnownModel;
import org.wardlock.threat.Means;
import org.wardlock.threat.Surrogate;

/** The models that the attackers of a grid hold, and the files that they are read from. */
final class HeldModels implements AutoCloseable {
  private final DeployedModel attacked;
  private final Dataset dataset;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /**
   * None yet.
   *
   * @param attacked whose shape and classes the others must have
   * @param dataset that is attacked
   */
  HeldModels(DeployedModel attacked, Dataset dataset) {
    this.attacked = attacked;
    this.dataset = dataset;
  }

  /** Whether the model under attack is several, with a key each. */
  boolean isOfEnsemble() {
    return attacked.isEnsemble();
  }

  /** The model under attack as the attackers know it who have its weights. */
  KnownModel attacked() throws IOException {
    return new KnownModel(
        attacked.model().architecture().name(), attacked.model(), weights(attacked.weights()));
  }

  /** Public plain models. */
  List<KnownModel> bases(List<Path> folders) throws IOException {
    List<KnownModel> bases = new ArrayList<>();
    for (Path path : folders) {
      ModelFolder folder = open("--base", path);
      Optional<String> key = folder.config().keyId();
      if (key.isPresent()) {
        throw new InputException(
            "--base %s: was trained behind key %s; expected a plain model"
                .formatted(path, key.get()));
      }
      ImageClassifier classifier = classifier("--base", folder);
      Safetensors weights = weights(folder.folder().resolve(ModelFolder.WEIGHTS));
      bases.add(new KnownModel(folder.config().architecture().name(), classifier, weights));
    }
    return bases;
  }

  /** What tells plain models from others, or nothing if there are none. */
  static Optional<String> describe(List<Path> bases) throws IOException {
    List<String> descriptions = new ArrayList<>();
    for (Path path : bases) {
      descriptions.add(describe(ModelFolder.open(path)));
    }
    return descriptions.isEmpty() ? Optional.empty() : Optional.of(descriptions.toString());
  }

  private static String describe(ModelFolder folder) throws IOException {
    Map<String, String> identity =
        DeployedModel.identity(
            "model", folder.config().architecture(), folder.folder().resolve(ModelFolder.WEIGHTS));
    return identity.toString();
  }

  /**
   * Another model behind a key, as one who holds both sees it: with gradients, or what stands in
   * for them.
   *
   * @param option that names the folder
   * @param key which may be closed afterwards
   */
  Means.Held keyed(String option, Path path, Key key) throws IOException {
    ModelFolder folder = open(option, path);
    KeyedClassifier.requireFit(folder, key);
    BehindKey behind = opened(new BehindKey(classifier(option, folder), key));
    KeyId id = key.id();
    return new Means.Held(behind.surrogate(), describe(folder) + " behind key " + id.text());
  }

  /**
   * The service with gradients that pass its table, and taken apart behind it, where its own are
   * not true ones.
   *
   * @param key of the service, which may be closed afterwards
   */
  Optional<Surrogate> behindTable(Key key) {
    return attacked.classifier().isDifferentiable()
        ? Optional.empty()
        : Optional.of(opened(new BehindKey(attacked.model(), key)).surrogate());
  }

  private ModelFolder open(String option, Path path) throws IOException {
    ModelFolder folder = ModelFolder.open(path);
    ClassFit.require(dataset, option + " " + path, folder.config());
    return folder;
  }

  private ImageClassifier classifier(String option, ModelFolder folder) throws IOException {
    ImageClassifier classifier = opened(folder.classifier(attacked.model().device()));
    Shape expected = attacked.model().imageShape();
    if (!classifier.imageShape().equals(expected)) {
      throw new InputException(
          "%s %s: takes pictures of shape %s, but the model under attack %s"
              .formatted(option, folder.folder(), classifier.imageShape(), expected));
    }
    return classifier;
  }

  private Safetensors weights(Path file) throws IOException {
    return opened(Safetensors.open(file));
  }

  private <T extends AutoCloseable> T opened(T resource) {
    opened.push(resource);
    return resource;
  }

  @Override
  public void close() throws IOException {
    for (AutoCloseable resource : opened) {
      try {
        resource.close();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("closing a model's file", e);
      }
    }
  }
}
