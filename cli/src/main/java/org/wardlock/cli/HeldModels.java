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
import org.wardlock.tensor.Shape;
import org.wardlock.threat.BehindKey;
import org.wardlock.threat.KnownModel;
import org.wardlock.threat.Means;
import org.wardlock.threat.Surrogate;

/** The models that the attackers of a grid hold, and the files that they are read from. */
final class HeldModels implements AutoCloseable {
  /** The option that names public plain models. */
  static final String BASE = "--base";

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

  /**
   * The model under attack as the attackers know it who have its weights: those that it computes
   * with, of an adapter merged into the base's, of an ensemble the first member's.
   */
  KnownModel attacked() {
    return known(attacked.model());
  }

  /**
   * Public plain models. Those that are named are taken for pictures of the attacked model's size.
   *
   * @param names as {@link PublicModel#NAMES} says
   */
  List<KnownModel> bases(List<String> names) throws IOException {
    List<KnownModel> bases = new ArrayList<>();
    for (String name : names) {
      PublicModel model = base(name);
      ClassFit.require(dataset, model.text(), model.config());
      bases.add(known(fitting(model.text(), model.classifier(attacked.model().device()))));
    }
    return bases;
  }

  private PublicModel base(String name) throws IOException {
    PublicModel model = PublicModel.find(BASE, name);
    return model.isRun() ? model : model.withImageSize(attacked.model().architecture().imageSize());
  }

  private static KnownModel known(ImageClassifier model) {
    return new KnownModel(model.architecture().name(), model, model.weights());
  }

  /** What tells plain models from others, or nothing if there are none. */
  Optional<String> describe(List<String> bases) throws IOException {
    List<String> descriptions = new ArrayList<>();
    for (String name : bases) {
      descriptions.add(base(name).identity("model").toString());
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
    return fitting(option + " " + folder.folder(), folder.classifier(attacked.model().device()));
  }

  /** Takes over a classifier, if it takes the pictures of the model under attack. */
  private ImageClassifier fitting(String named, ImageClassifier classifier) {
    opened(classifier);
    Shape expected = attacked.model().imageShape();
    if (!classifier.imageShape().equals(expected)) {
      throw new InputException(
          "%s: takes pictures of shape %s, but the model under attack %s"
              .formatted(named, classifier.imageShape(), expected));
    }
    return classifier;
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
