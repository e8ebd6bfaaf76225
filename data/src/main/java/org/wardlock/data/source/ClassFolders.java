package org.wardlock.data.source;

import java.nio.file.Path;
import java.util.List;
import org.wardlock.data.DataException;
import org.wardlock.data.Dataset;
import org.wardlock.data.Split;

/**
 * Pictures in a folder for each class: {@code train/<class>/}, {@code val/<class>/}. Classes are
 * numbered in the order of the names of the training folders, also for the other splits; where
 * there are none, of the split's own.
 */
final class ClassFolders {
  private static final String EXPECTED = "train/<class>/ and val/<class>/ with pictures";

  private ClassFolders() {}

  static Dataset open(Path root, Split split) {
    Path folder = SplitFolders.of(root, split, EXPECTED);
    Path numbering = SplitFolders.numbering(root, folder);
    List<String> classes = SplitFolders.classes(numbering);
    var files = new FileDataset.Builder(root, classes);
    for (String name : SplitFolders.classes(folder)) {
      int label = classes.indexOf(name);
      if (label < 0) {
        throw new DataException(
            folder.resolve(name),
            "is no class: %s has no folder of this name".formatted(numbering));
      }
      files.addFolder(folder.resolve(name), label);
    }
    return files.build(folder, PictureFiles.EXPECTED_NAMES + " in a folder for each class");
  }
}
