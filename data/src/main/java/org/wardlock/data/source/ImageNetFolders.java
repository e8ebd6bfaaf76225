package org.wardlock.data.source;

import java.nio.file.Path;
import java.util.List;
import org.wardlock.data.DataException;
import org.wardlock.data.Dataset;
import org.wardlock.data.Split;

/**
 * ImageNet (ILSVRC 2012): {@code train/<id>/}, and {@code val/<id>/} or all validation pictures in
 * {@code val/} with the file that has their labels. There is no {@code test} part with labels: it
 * gives {@code val}. Classes are numbered as {@link Synsets} says.
 */
final class ImageNetFolders {
  private static final String EXPECTED = "train/<id>/ or val/<id>/ with ids such as n01440764";

  private ImageNetFolders() {}

  static Dataset open(Path root, Split split) {
    Path folder = SplitFolders.of(root, split, EXPECTED);
    List<String> ids = SplitFolders.classes(folder);
    if (ids.isEmpty() && split != Split.TRAIN) {
      return flat(root, folder);
    }
    Path numbering = SplitFolders.numbering(root, folder);
    Synsets synsets = Synsets.of(root, SplitFolders.classes(numbering), numbering);
    var files = new FileDataset.Builder(root, synsets.classes());
    for (String id : ids) {
      Path classFolder = folder.resolve(id);
      files.addFolder(classFolder, synsets.label(id, classFolder));
    }
    return files.build(folder, PictureFiles.EXPECTED_NAMES + " in a folder for each class id");
  }

  private static Dataset flat(Path root, Path folder) {
    List<String> names = PictureFiles.names(folder);
    if (names.isEmpty()) {
      throw new DataException(
          folder, "no picture found; expected " + EXPECTED + ", or pictures and a label file");
    }
    ValidationLabels labels = ValidationLabels.find(root, folder);
    Synsets synsets = Synsets.of(root, labels.ids(), labels.file());
    var files = new FileDataset.Builder(root, synsets.classes());
    for (String name : names) {
      Path file = folder.resolve(name);
      files.add(folder.getFileName() + "/" + name, synsets.label(labels.id(file), labels.file()));
    }
    return files.build(folder, PictureFiles.EXPECTED_NAMES);
  }
}
