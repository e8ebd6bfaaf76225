package org.wardlock.examples;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyCustody;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.Prediction;

/**
 * Prints what a keyed model takes a picture for. Arguments: key file, model folder, picture; the
 * variable WARDLOCK_PASSWORD holds the password of the key file.
 */
final class Embedding {
  private Embedding() {}

  static void main(String[] arguments) throws IOException {
    char[] password = System.getenv("WARDLOCK_PASSWORD").toCharArray();
    try (Key key = KeyCustody.STANDARD.open(Path.of(arguments[0]), password);
        KeyedClassifier classifier = KeyedClassifier.load(Path.of(arguments[1]), key)) {
      Prediction prediction = classifier.classify(ImageIO.read(new File(arguments[2])));
      System.out.println(prediction.label() + " " + prediction.probability());
    }
  }
}
