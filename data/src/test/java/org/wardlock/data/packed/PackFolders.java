package org.wardlock.data.packed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.wardlock.data.Split;

/** Packs into folders, and compares and restores what lies in them. */
final class PackFolders {
  private PackFolders() {}

  /** Packs the training split without disturbance. */
  static PackedSplit pack(PackPlan plan, Path root) throws IOException {
    return new Packer(plan, root, Split.TRAIN, 2).run(_ -> {}, () -> false);
  }

  /** The files below a folder with their bytes. */
  static Map<String, ByteBuffer> contents(Path root) {
    var contents = new TreeMap<String, ByteBuffer>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(root.relativize(file).toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return contents;
  }

  /** Makes a folder that has these files. */
  static Path restore(Map<String, ByteBuffer> contents, Path root) throws IOException {
    Files.createDirectories(root);
    for (var file : contents.entrySet()) {
      Path path = root.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue().array());
    }
    return root;
  }

  /** Turns a bit of a file around. */
  static void damage(Path file, int position) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[position] ^= 1;
    Files.write(file, bytes);
  }
}
