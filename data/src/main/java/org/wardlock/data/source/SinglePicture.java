package org.wardlock.data.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.wardlock.data.DataException;
import org.wardlock.data.DataIdentity;
import org.wardlock.data.Dataset;
import org.wardlock.data.Hashing;
import org.wardlock.data.image.Picture;

/** One picture of which no class is known, decoded at once; every split is the same. */
final class SinglePicture implements Dataset {
  private final Path file;
  private final Picture picture;

  SinglePicture(Path file) {
    if (Files.isDirectory(file)) {
      throw new DataException(file, "is a folder; expected a picture file");
    }
    this.file = file;
    this.picture = PictureFiles.read(file);
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public int label(int index) {
    return UNLABELLED;
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public String name(int index) {
    return file.getFileName().toString();
  }

  @Override
  public Picture picture(int index) {
    return picture;
  }

  @Override
  public DataIdentity identity() {
    Hashing hashing = new Hashing().add(name(0)).add(picture.width()).add(picture.height());
    return new DataIdentity(1, hashing.add(picture.rgb()).finish());
  }
}
