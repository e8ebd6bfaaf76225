package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The smallest pictures, network and recipe that are still whole, and what is made of them. */
final class Tiny {
  /** What the tests' key files are stored under; no message and no file may show it. */
  static final String PASSWORD = "correct horse battery staple";

  /** 60 pictures of 16 x 16. */
  static final List<Object> DATA = List.of("--data", "shapes:16", "--limit", 60);

  /** A network of some hundred parameters, by name. */
  static final List<Object> NETWORK = List.of("--model", "convmixer-8-1-k3-p4", "--image-size", 16);

  private Tiny() {}

  /** Three steps an epoch. */
  static List<Object> recipe(int epochs) {
    return List.of("--epochs", epochs, "--batch", 20);
  }

  /** Options that name a key file made by {@link #key} and its password. */
  static List<Object> with(Path key) {
    return List.of("--key", key, "--password-file", passwordFile(key));
  }

  /** Where {@link #key} leaves the password. */
  static Path passwordFile(Path key) {
    return key.resolveSibling(key.getFileName() + ".password");
  }

  /** Makes a key file. */
  static Path key(Path file, String transform, int block) throws IOException {
    Path password = Files.writeString(passwordFile(file), PASSWORD + "\n");
    CommandRun.of(
            List.of("keygen", "--out", file, "--transform", transform, "--block", block),
            List.of("--password-file", password))
        .assertDone();
    return file;
  }

  /** Trains the network on the pictures. */
  static Path train(Path folder, int epochs, Object... more) {
    CommandRun.of("train", DATA, NETWORK, recipe(epochs), "--out", folder, List.of(more))
        .assertDone();
    return folder;
  }
}
