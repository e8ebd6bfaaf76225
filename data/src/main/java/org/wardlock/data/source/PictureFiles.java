package org.wardlock.data.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.wardlock.data.DataException;
import org.wardlock.data.image.Picture;
import org.wardlock.data.image.PictureDecoder;
import org.wardlock.data.image.PictureFormatException;

/**
 * Picture files in folders. What a file holds is told by its content, what it is for by its name.
 */
final class PictureFiles {
  static final String EXPECTED_NAMES = ".jpg, .jpeg or .png files";

  private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png");

  /** No picture that can be decoded needs more. */
  private static final long MAX_BYTES = 1L << 30;

  private PictureFiles() {}

  /** Decodes a file. */
  static Picture read(Path file) {
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw new DataException(
            file, "%d bytes found; expected a picture of at most %d".formatted(size, MAX_BYTES));
      }
      return PictureDecoder.decode(Files.readAllBytes(file));
    } catch (PictureFormatException e) {
      throw new DataException(file, e.getMessage(), e);
    } catch (IOException e) {
      throw DataException.unreadable(file, e);
    }
  }

  /** The names of the pictures that a folder holds directly, sorted. */
  static List<String> names(Path folder) {
    return Listing.entries(folder, PictureFiles::isNamedLikeOne).stream()
        .map(file -> file.getFileName().toString())
        .toList();
  }

  private static boolean isNamedLikeOne(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith);
  }
}
