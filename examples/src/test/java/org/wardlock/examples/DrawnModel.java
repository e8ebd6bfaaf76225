package org.wardlock.examples;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.TransformKind;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;

/** A key, a model of random weights that claims to be trained behind it, and pictures. */
final class DrawnModel {
  private static final Architecture ARCHITECTURE = Architecture.named("convmixer-24-2-k5-p4");
  private static final int SEED = 7;

  private DrawnModel() {}

  /** A new key whose blocks fit the model. */
  static Key key() {
    return Key.generate(KeySpec.secure(4, TransformKind.SHUFFLE, TransformKind.NEGATE));
  }

  /** Writes the model as training would. */
  static void write(Path folder, Key key) throws IOException {
    List<String> names =
        IntStream.range(0, ARCHITECTURE.classes()).mapToObj("class%d"::formatted).toList();
    var model = new ModelConfig(ARCHITECTURE, names, Optional.of(key.id().text()));
    new RunConfig("wardlock", "train", Map.of(), SEED, "cpu", Optional.empty(), Optional.of(model))
        .write(folder);
    try (Scope _ = Scope.open("drawn model")) {
      Network network = Network.initial(ARCHITECTURE, Device.CPU, SEED);
      Safetensors.write(
          folder.resolve(ModelFolder.WEIGHTS), network.parameters().state(Device.CPU), Map.of());
      network.release();
    }
  }

  /** A picture, larger than the model's, of its own for each number. */
  static BufferedImage picture(int number) {
    var image = new BufferedImage(57, 43, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        image.setRGB(x, y, (x * x + 31 * y * (number + 1)) * 0x01_03_05 & 0xFF_FF_FF);
      }
    }
    return image;
  }
}
