package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.data.Dataset;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.tensor.Device;

/**
 * A network that was made from a public one, as it is deployed: behind its key, if it has one.
 *
 * @param network without the key
 * @param classifier with it
 * @param origin its folder and what that says of it
 * @param identity what tells it from others
 */
record MimicStudent(
    ImageClassifier network,
    Classifier classifier,
    ModelFolder origin,
    Map<String, String> identity)
    implements AutoCloseable {
  /**
   * Loads a folder that train made. What it holds may be an adapter alone: then it belongs to one
   * of the teachers.
   *
   * @param dataset whose classes it must tell apart
   */
  static MimicStudent load(
      Path folder, List<MimicTeacher> teachers, KeyOptions keys, Dataset dataset, Device device)
      throws IOException {
    boolean isAdapter = Adapter.isIn(folder) && !Files.exists(folder.resolve(ModelFolder.WEIGHTS));
    Optional<Adapter> adapter = isAdapter ? Optional.of(Adapter.open(folder)) : Optional.empty();
    ModelFolder origin = isAdapter ? adapter.get().asModel() : ModelFolder.open(folder);
    ClassFit.require(dataset, "--student " + folder, origin.config());
    Optional<Key> key = keys.load(() -> origin.config().keyId());
    if (key.isEmpty() && origin.config().keyId().isPresent()) {
      throw new InputException(
          "--student %s: was made for key %s; give it by --key"
              .formatted(folder, origin.config().keyId().get()));
    }
    var identity = new LinkedHashMap<String, String>();
    ImageClassifier network;
    if (isAdapter) {
      network = adapter.get().classifier(base(adapter.get(), teachers), device);
      identity.put("student adapter", adapter.get().digest());
    } else {
      network = origin.classifier(device);
      identity.put("student weights", Checksums.of(folder.resolve(ModelFolder.WEIGHTS)));
    }
    if (key.isEmpty()) {
      identity.put("key", "none");
      return new MimicStudent(network, network, origin, identity);
    }
    try (Key held = key.get()) {
      KeyedClassifier.requireFit(origin, held);
      identity.put("key", held.id().text());
      return new MimicStudent(network, KeyedClassifier.of(network, held), origin, identity);
    }
  }

  private static Path base(Adapter adapter, List<MimicTeacher> teachers) throws IOException {
    for (MimicTeacher teacher : teachers) {
      if (Checksums.of(teacher.weights()).equals(adapter.base())) {
        return teacher.weights();
      }
    }
    throw new InputException(
        "--student %s: an adapter of weights of digest %s, which are no teacher's here; name the model it was made from among them"
            .formatted(adapter.folder(), adapter.base()));
  }

  /** Complains about a teacher that takes other pictures. */
  void requireSamePictures(MimicTeacher teacher) {
    if (!network.imageShape().equals(teacher.network().imageShape())) {
      throw new InputException(
          "--teacher %s: takes pictures of shape %s, but the student %s"
              .formatted(teacher.text(), teacher.network().imageShape(), network.imageShape()));
    }
  }

  @Override
  public void close() {
    if (classifier instanceof KeyedClassifier keyed) {
      keyed.close();
    }
    network.close();
  }
}
