package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyId;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyStorage;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/**
 * Where keyed models of one base lie: their keys, a folder for each, how pictures carry over.
 *
 * @param path of the folder
 */
record ProliferationFolder(Path path) {
  /** The answer, written last. */
  static final String ANSWER = "proliferate.json";

  private static final String KEY_LIST = "keys.json";
  private static final int FORMAT = 1;

  /** The folder of the key files. */
  Path keys() {
    return path.resolve("keys");
  }

  /** The folder of a model, by its number from 0. */
  Path model(int number) {
    return path.resolve("model-" + number);
  }

  /** The rows of the transfer matrix. */
  Path transfer() {
    return path.resolve("transfer.json");
  }

  Path answer() {
    return path.resolve(ANSWER);
  }

  /** Whether there are keys, so that the password is known already and must be the same. */
  boolean hasKeys() throws IOException {
    return Files.isDirectory(keys()) && !KeyStorage.in(keys()).ids().isEmpty();
  }

  /** Opens one of the models' keys. */
  @FunctionalInterface
  interface Opener {
    Key open(String id) throws IOException;
  }

  /**
   * The ids of the models' keys, in order; keys that are not there yet are made.
   *
   * @param password that new key files get; stays the caller's to wipe
   * @param opener by the same password: what is there of an interrupted run must open by it before
   *     more keys are made
   */
  List<String> settleKeys(KeySpec kind, int count, char[] password, Opener opener)
      throws IOException {
    Path list = path.resolve(KEY_LIST);
    if (Files.exists(list)) {
      List<String> ids = JsonFile.read(list, FORMAT).texts("keys");
      if (ids.size() != count) {
        throw new FormatException(
            list, "names %d keys, expected %d: damaged".formatted(ids.size(), count));
      }
      return ids;
    }
    KeyStorage storage = KeyStorage.in(Files.createDirectories(keys()));
    // some may be there of a process that was killed meanwhile; none has been used yet
    for (KeyId made : storage.ids()) {
      opener.open(made.text()).close();
    }
    for (int made = storage.ids().size(); made < count; made++) {
      try (Key key = Key.generate(kind)) {
        storage.add(key, password.clone());
      }
    }
    List<String> ids = storage.ids().stream().map(KeyId::text).toList();
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put("keys", ids);
    JsonFile.replace(list, json);
    return ids;
  }
}
