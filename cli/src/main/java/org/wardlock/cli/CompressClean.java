package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.evaluation.PairedShares;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/**
 * What a defence takes unattacked pictures for, as its folder keeps it.
 *
 * @param wrong the places of those that it does not take for what they are
 * @param images how many there are
 */
record CompressClean(BitSet wrong, int images) {
  private static final String FILE = "clean.json";
  private static final int FORMAT = 1;

  /**
   * What was counted before in a folder, if it was.
   *
   * @throws FormatException if it was counted of something else
   */
  static Optional<CompressClean> read(Path folder, Map<String, String> identity)
      throws FormatException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    JsonFile json = JsonFile.read(file, FORMAT);
    if (!json.textMap("identity").equals(identity)) {
      throw new FormatException(
          file, "of another model, table or data: resume with the same, or begin a new run");
    }
    if (!json.has("wrong")) {
      return Optional.empty(); // of a version that only counted
    }
    int images = json.integer("images", 1, Integer.MAX_VALUE);
    var wrong = new BitSet();
    for (double place : json.numbers("wrong")) {
      wrong.set((int) place);
    }
    if (wrong.length() > images
        || json.integer("right", 0, images) != images - wrong.cardinality()) {
      throw new FormatException(
          file, "says one thing in images and right, another in wrong: delete it, and resume");
    }
    return Optional.of(new CompressClean(wrong, images));
  }

  void write(Path folder, Map<String, String> identity) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put("identity", identity);
    json.put("images", images);
    json.put("right", right().count());
    json.put("wrong", wrong.stream().boxed().toList());
    JsonFile.replace(Files.createDirectories(folder).resolve(FILE), json);
  }

  /** Accuracy. */
  Share right() {
    return new Share(images - wrong.cardinality(), images);
  }

  /** How it differs from what another one takes the same pictures for. */
  PairedShares against(CompressClean other) {
    var both = (BitSet) wrong.clone();
    both.and(other.wrong);
    int neither = both.cardinality();
    int lost = wrong.cardinality() - neither;
    int gained = other.wrong.cardinality() - neither;
    return new PairedShares(images - lost - gained - neither, lost, gained, neither);
  }
}
