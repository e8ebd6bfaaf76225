package org.wardlock.data.source;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.wardlock.data.DataException;
import org.wardlock.data.DataIdentity;
import org.wardlock.data.Dataset;
import org.wardlock.data.Hashing;
import org.wardlock.data.image.Picture;

/** Pictures that are a file each. They are decoded whenever they are asked for. */
final class FileDataset implements Dataset {
  private final Path root;
  private final List<String> names;
  private final int[] labels;
  private final List<String> classes;

  private FileDataset(Path root, List<String> names, int[] labels, List<String> classes) {
    this.root = root;
    this.names = names;
    this.labels = labels;
    this.classes = classes;
  }

  /** Collects the files of a data set. */
  static final class Builder {
    private final Path root;
    private final List<String> classes;
    private final List<String> names = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    Builder(Path root, List<String> classes) {
      this.root = root;
      this.classes = List.copyOf(classes);
    }

    /** Adds all pictures directly in a folder. */
    void addFolder(Path folder, int label) {
      String prefix = root.relativize(folder).toString().replace('\\', '/') + '/';
      for (String name : PictureFiles.names(folder)) {
        add(prefix + name, label);
      }
    }

    /**
     * @param name the path below the root, with slashes
     */
    void add(String name, int label) {
      names.add(name);
      labels.add(label);
    }

    FileDataset build(Path searched, String expected) {
      if (names.isEmpty()) {
        throw new DataException(searched, "no picture found; expected " + expected);
      }
      return new FileDataset(
          root, List.copyOf(names), labels.stream().mapToInt(Integer::intValue).toArray(), classes);
    }
  }

  @Override
  public int size() {
    return names.size();
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public String name(int index) {
    return names.get(index);
  }

  @Override
  public Picture picture(int index) {
    return PictureFiles.read(root.resolve(names.get(index)));
  }

  /** Over names and labels; the files' content, which may be a hundred gigabytes, is not read. */
  @Override
  public DataIdentity identity() {
    Hashing hashing = new Hashing();
    for (int i = 0; i < labels.length; i++) {
      hashing.add(names.get(i)).add(labels[i]);
    }
    return new DataIdentity(labels.length, hashing.finish());
  }
}
