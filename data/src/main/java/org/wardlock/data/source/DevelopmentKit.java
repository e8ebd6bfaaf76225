package org.wardlock.data.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.wardlock.data.DataException;
import org.wardlock.data.source.MatFile.Numbers;
import org.wardlock.data.source.MatFile.Structs;
import org.wardlock.data.source.MatFile.Text;
import org.wardlock.data.source.MatFile.Value;

/**
 * The file {@code meta.mat} of ImageNet's development kit: which class each of its numbers means.
 */
final class DevelopmentKit {
  private DevelopmentKit() {}

  /** The class ids by number; inner nodes of the hierarchy are left out. */
  static Map<Integer, String> classIds(Path file) {
    try {
      if (MatFile.read(file).get("synsets") instanceof Structs synsets) {
        Map<Integer, String> ids = new TreeMap<>();
        for (Map<String, Value> synset : synsets.elements()) {
          if (synset.get("ILSVRC2012_ID") instanceof Numbers(double[] number)
              && synset.get("WNID") instanceof Text(String id)
              && synset.get("num_children") instanceof Numbers(double[] children)
              && number.length == 1
              && children.length == 1
              && children[0] == 0) {
            ids.put((int) number[0], id);
          }
        }
        if (!ids.isEmpty()) {
          return ids;
        }
      }
    } catch (IOException e) {
      throw DataException.unreadable(file, e);
    }
    throw new DataException(
        file,
        "no classes found; expected a variable 'synsets' with ILSVRC2012_ID, WNID and num_children");
  }
}
