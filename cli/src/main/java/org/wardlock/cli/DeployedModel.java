package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.Dataset;
import org.wardlock.defense.EnsembleFolder;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyId;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.KeyedEnsemble;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;

/**
 * A model as it is deployed: behind its key, if it has one.
 *
 * @param model without the key; of an ensemble, its first member
 * @param weights the file of its weights
 * @param classifier with the key
 * @param keySpec what that model's key is for, if it has one
 * @param keyId which key it is, where there is one key
 * @param adapter the folder of what was changed of the weights, if anything
 * @param classNames the name of each class, or its number where nobody gave any
 */
record DeployedModel(
    ImageClassifier model,
    Path weights,
    Classifier classifier,
    Optional<KeySpec> keySpec,
    Optional<KeyId> keyId,
    Optional<Path> adapter,
    IntFunction<String> classNames)
    implements AutoCloseable {

  /**
   * Loads model and key.
   *
   * @param err is warned when a keyed model is used without a key, and when nothing tells whether a
   *     key fits
   * @throws IOException if a file is not what it should be, or the model was trained behind another
   *     key or none
   */
  static DeployedModel load(
      ModelOptions options, KeyOptions keys, Dataset dataset, Device device, PrintWriter err)
      throws IOException {
    Optional<EnsembleFolder> ensemble = options.ensemble(dataset);
    if (ensemble.isPresent()) {
      return ofEnsemble(ensemble.get(), keys, device);
    }
    Optional<Key> loaded = keys.load(options::keyId);
    if (loaded.isEmpty()) {
      LoadedModel model = options.load(dataset, device);
      model
          .origin()
          .flatMap(origin -> origin.config().keyId())
          .ifPresent(
              id ->
                  err.println(
                      "warning: the model was made for key "
                          + id
                          + "; without --key it sees pictures as an impostor shows them"));
      return new DeployedModel(
          model.model(),
          model.weights(),
          model.model(),
          Optional.empty(),
          Optional.empty(),
          model.adapter(),
          model.classNames());
    }
    try (Key key = loaded.get()) {
      LoadedModel model = options.load(dataset, device);
      if (model.origin().isPresent()) {
        KeyedClassifier.requireFit(model.origin().get(), key);
      } else {
        err.printf(
            "warning: %s does not say which key it was made for, if any: nothing tells whether --key fits%n",
            model.weights());
      }
      return new DeployedModel(
          model.model(),
          model.weights(),
          KeyedClassifier.of(model.model(), key),
          Optional.of(key.spec()),
          Optional.of(key.id()),
          model.adapter(),
          model.classNames());
    }
  }

  private static DeployedModel ofEnsemble(EnsembleFolder folder, KeyOptions keys, Device device)
      throws IOException {
    List<Key> members = keys.loadAll(folder);
    try {
      KeyedEnsemble ensemble = folder.load(members, device);
      return new DeployedModel(
          ensemble.network(),
          folder.folder().resolve(EnsembleFolder.BODY),
          ensemble,
          Optional.of(members.getFirst().spec()),
          Optional.empty(),
          Optional.empty(),
          folder.config()::className);
    } finally {
      members.forEach(Key::close);
    }
  }

  /** Whether it is several models, with a key each. */
  boolean isEnsemble() {
    return classifier instanceof KeyedEnsemble;
  }

  /** What tells this model from others, key included, for runs that are resumed. */
  Map<String, String> identity() throws IOException {
    Map<String, String> identity = identity("model", model.architecture(), weights);
    if (adapter.isPresent()) {
      identity.put("adapter", Adapter.open(adapter.get()).digest());
    }
    identity.put("key", keyId.map(KeyId::text).orElse("none"));
    if (isEnsemble()) {
      EnsembleFolder folder = EnsembleFolder.open(weights.getParent());
      identity.put("ensemble", folder.voting() + " of " + folder.keyIds());
      for (int number = 0; number < folder.keyIds().size(); number++) {
        identity.put("member " + number, Checksums.of(folder.member(number)));
      }
    }
    return identity;
  }

  /** What tells a model without a key from others, under names that begin with its part. */
  static Map<String, String> identity(String part, Architecture architecture, Path weights)
      throws IOException {
    var identity = new LinkedHashMap<String, String>();
    identity.put(part, architecture.name());
    identity.put(part + " classes", Integer.toString(architecture.classes()));
    identity.put(part + " preprocessing", architecture.preprocessing().toString());
    identity.put(part + " weights", Checksums.of(weights));
    return identity;
  }

  /** The data set's pictures as the model takes them, in order. */
  BatchLoader loader(Dataset dataset, int batch) {
    return Loaders.of(dataset, model.architecture()).batchSize(batch).build();
  }

  @Override
  public void close() {
    switch (classifier) {
      case KeyedClassifier keyed -> keyed.close();
      case KeyedEnsemble ensemble -> ensemble.close();
      default -> {} // the model itself
    }
    model.close();
  }
}
