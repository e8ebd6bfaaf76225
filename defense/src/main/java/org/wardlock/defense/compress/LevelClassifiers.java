package org.wardlock.defense.compress;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;

/**
 * The classifiers of a {@link CompressionFolder}, each behind its level, in memory until they are
 * closed. {@link #ensemble} is what is deployed.
 */
public final class LevelClassifiers implements AutoCloseable {
  private final List<ImageClassifier> networks = new ArrayList<>();
  private final List<JpegTransform> transforms = new ArrayList<>();
  private final List<CompressedClassifier> members = new ArrayList<>();

  private LevelClassifiers() {}

  /**
   * Loads all members.
   *
   * @param gradient in place of those of roundings: none for a service, another for attackers
   * @throws IOException if a file is not what it should be
   */
  public static LevelClassifiers load(
      CompressionFolder folder, RoundingGradient gradient, Device device) throws IOException {
    var loaded = new LevelClassifiers();
    try {
      for (int number = 0; number < folder.levels().size(); number++) {
        loaded.add(
            folder.model(number).classifier(device),
            folder.tables(number),
            folder.tables().subsampling(),
            gradient);
      }
      return loaded;
    } catch (IOException | RuntimeException e) {
      loaded.close();
      throw e;
    }
  }

  private void add(
      ImageClassifier network,
      JpegTables tables,
      Subsampling subsampling,
      RoundingGradient gradient) {
    networks.add(network);
    Shape picture = network.imageShape();
    try (JpegTransform exact = JpegTransform.of(tables, subsampling, picture, network.device())) {
      JpegTransform transform = exact.withGradient(gradient);
      transforms.add(transform);
      members.add(new CompressedClassifier(network, transform));
    }
  }

  /** In the order of the folder's levels. */
  public List<CompressedClassifier> members() {
    return List.copyOf(members);
  }

  /** All of them together. */
  public CompressionEnsemble ensemble() {
    return new CompressionEnsemble(members);
  }

  @Override
  public void close() {
    transforms.forEach(JpegTransform::close);
    networks.forEach(ImageClassifier::close);
  }
}
