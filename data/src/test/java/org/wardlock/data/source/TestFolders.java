package org.wardlock.data.source;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.function.Executable;
import org.wardlock.data.DataException;
import org.wardlock.data.image.TestPictures;

/** Writes small data sets, and checks how unsound ones are refused. */
final class TestFolders {
  private TestFolders() {}

  /** Writes a PNG, and the folders it lies in. */
  static void writePicture(Path file, int width, int height) throws IOException {
    Files.createDirectories(file.getParent());
    var image = TestPictures.gradient(width, height, BufferedImage.TYPE_INT_RGB);
    Files.write(file, TestPictures.png(image));
  }

  /** The message, which must be one line that holds some texts. */
  static String assertRefused(Executable opening, String... parts) {
    String message = assertThrows(DataException.class, opening).getMessage();
    assertTrue(message.lines().count() == 1, message);
    for (String part : parts) {
      assertTrue(message.contains(part), "'" + part + "' is not in: " + message);
    }
    return message;
  }
}
