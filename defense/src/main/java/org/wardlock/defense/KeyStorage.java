package org.wardlock.defense;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.wardlock.nn.files.DurableFiles;

/**
 * A folder of key files, each under its key's id, so that a model's key is found by the id that the
 * model names. Other files in the folder are left alone.
 */
public final class KeyStorage {
  private static final String SUFFIX = ".p12";

  private final Path folder;

  private KeyStorage(Path folder) {
    this.folder = folder;
  }

  /**
   * The store in a folder.
   *
   * @throws KeyFileException if there is no such folder
   */
  public static KeyStorage in(Path folder) throws KeyFileException {
    if (!Files.isDirectory(folder)) {
      throw new KeyFileException(folder, "found no folder; expected one that holds key files");
    }
    return new KeyStorage(folder);
  }

  /** Where the file of a key lies, or would lie. */
  public Path file(KeyId id) {
    return folder.resolve(id.text() + SUFFIX);
  }

  /**
   * The file of a key.
   *
   * @throws KeyFileException if the store has none of that id
   */
  public Path find(KeyId id) throws KeyFileException {
    Path file = file(id);
    if (!Files.isRegularFile(file)) {
      throw new KeyFileException(
          folder,
          "holds no key %s among its %s; expected %s"
              .formatted(id, ids().size(), file.getFileName()));
    }
    return file;
  }

  /**
   * Stores a key under its id.
   *
   * @param password at least one printable ASCII character; wiped before this returns
   * @return the file
   * @throws KeyFileException if the key is there already or the password cannot be used
   * @throws IOException if the file cannot be written; then there is none
   */
  public Path add(Key key, char[] password) throws IOException {
    Path file = file(key.id());
    KeyFile.save(key, file, password);
    return file;
  }

  /**
   * The ids of all keys, in order.
   *
   * @throws KeyFileException if the folder cannot be read
   */
  public List<KeyId> ids() throws KeyFileException {
    try (Stream<Path> files = Files.list(folder)) {
      var ids = new ArrayList<KeyId>();
      files.forEach(file -> id(file).ifPresent(ids::add));
      ids.sort(Comparator.comparing(KeyId::text));
      return ids;
    } catch (IOException e) {
      throw new KeyFileException(folder, "cannot be read: " + DurableFiles.reason(e), e);
    }
  }

  private static Optional<KeyId> id(Path file) {
    String name = file.getFileName().toString();
    if (!name.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    try {
      return Optional.of(KeyId.parse(name.substring(0, name.length() - SUFFIX.length())));
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // another file
    }
  }

  @Override
  public String toString() {
    return "KeyStorage[" + folder + "]";
  }
}
