package org.wardlock.defense;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.files.FileLocks;
import org.wardlock.nn.files.FormatException;

/**
 * Keys that are to be used no more, by id: a text file with an id a line, what follows it being a
 * remark, and whole lines of remarks after {@code #}. A key is known by an id of any salt. The list
 * is no secret; whoever can change it can make a stolen key good again, so its folder must be
 * guarded as the program is.
 *
 * <p>It stops programs that read it. A thief's own copy of key and model reads none.
 */
public final class Revocations {
  /** No key is revoked. */
  public static final Revocations NONE = new Revocations("no list", Map::of);

  private static final String REMARK = "#";

  private final String name;
  private final Source source;

  private Revocations(String name, Source source) {
    this.name = name;
    this.source = source;
  }

  /** Where the ids are from, each with its remark. */
  @FunctionalInterface
  private interface Source {
    Map<KeyId, String> remarks() throws FormatException;
  }

  /**
   * Reads a list, once.
   *
   * @throws FormatException if it cannot be read, or a line begins with no key id: a list that is
   *     half understood would let through what it revokes
   */
  public static Revocations read(Path file) throws FormatException {
    Map<KeyId, String> remarks = remarks(file);
    return new Revocations(file.toString(), () -> remarks);
  }

  /**
   * The list in a file, read afresh whenever a key is held against it: what cannot be read then
   * refuses that key, so that the attempt to open it is known.
   */
  public static Revocations in(Path file) {
    return new Revocations(file.toString(), () -> remarks(file));
  }

  private static Map<KeyId, String> remarks(Path file) throws FormatException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new FormatException(
          file,
          "cannot be read: %s; expected a list of revoked key ids"
              .formatted(DurableFiles.reason(e)),
          e);
    }
    var remarks = new LinkedHashMap<KeyId, String>();
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1).strip();
      if (!line.isEmpty() && !line.startsWith(REMARK)) {
        String[] parts = line.split("\\s+", 2);
        try {
          remarks.put(KeyId.parse(parts[0]), parts.length == 2 ? parts[1] : "");
        } catch (IllegalArgumentException e) {
          throw new FormatException(file, "line %s: %s".formatted(number, e.getMessage()), e);
        }
      }
    }
    return remarks;
  }

  /**
   * Adds a key to a list, which is made if there is none; a key that is in it already stays as it
   * is. At every instant the old list or the new one is there whole; who adds another key meanwhile
   * waits.
   *
   * @param remark why, in one line; may be empty
   * @throws FormatException if what is there is no list
   * @throws IOException if it cannot be written; then the old one is untouched
   */
  public static void add(Path file, KeyId id, String remark) throws IOException {
    // a link stays a link, and is locked as what it leads to
    Path list = Files.exists(file) ? file.toRealPath() : file;
    FileLocks.exclusively(list, () -> addUnlocked(list, id, remark));
  }

  private static void addUnlocked(Path file, KeyId id, String remark) throws IOException {
    var lines = new ArrayList<String>();
    if (Files.exists(file)) {
      if (read(file).ids().contains(id)) {
        return;
      }
      lines.addAll(Files.readAllLines(file));
    } else {
      lines.add(REMARK + " keys that are to be used no more");
    }
    lines.add((id.text() + " " + remark.replaceAll("\\s+", " ")).strip());
    DurableFiles.replace(file, String.join("\n", lines) + "\n");
  }

  /**
   * The ids in the list.
   *
   * @throws FormatException if it is to be read now and cannot be
   */
  public Set<KeyId> ids() throws FormatException {
    return Set.copyOf(source.remarks().keySet());
  }

  /**
   * Refuses a revoked key.
   *
   * @throws RevokedKeyException if an id in the list names the key
   * @throws FormatException if it is to be read now and cannot be
   */
  public void requireValid(Key key) throws RevokedKeyException, FormatException {
    for (Map.Entry<KeyId, String> entry : source.remarks().entrySet()) {
      if (key.matches(entry.getKey())) {
        throw new RevokedKeyException(name, entry.getKey(), entry.getValue());
      }
    }
  }

  @Override
  public String toString() {
    return "Revocations[" + name + "]";
  }
}
