package org.wardlock.defense;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.wardlock.nn.files.DurableFiles;

/** Writes files that their owner alone may read, whole or not at all. */
final class SecretFiles {
  private SecretFiles() {}

  /**
   * Makes a file and forces it to the disk, then gives it its name in one step.
   *
   * @throws FileAlreadyExistsException if there is a file of that name by then
   * @throws IOException if that fails; then there is no file
   */
  static void create(Path file, byte[] content) throws IOException {
    write(file, content, SecretFiles::nameNew);
  }

  /**
   * Makes or replaces a file and forces it to the disk, then gives it its name in one step.
   *
   * @throws IOException if that fails; what stood under the name before still does
   */
  static void replace(Path file, byte[] content) throws IOException {
    write(file, content, DurableFiles::rename);
  }

  /** How a temporary file gets its name. */
  private interface Naming {
    void name(Path temporary, Path file) throws IOException;
  }

  /** A second name, unlike a new one, never takes another file's place. */
  private static void nameNew(Path temporary, Path file) throws IOException {
    try {
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException _) {
      Files.move(temporary, file); // not every file system knows links
    }
  }

  private static void write(Path file, byte[] content, Naming naming) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path temporary = Files.createTempFile(folder, ".wardlock-", ".tmp", ownerOnly(folder));
    try {
      DurableFiles.write(
          temporary, channel -> DurableFiles.writeFully(channel, ByteBuffer.wrap(content)));
      naming.name(temporary, file);
    } finally {
      Files.deleteIfExists(temporary);
    }
    DurableFiles.force(folder);
  }

  /** Permissions from the first byte on; without POSIX permissions the folder's must do. */
  private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
    if (!Files.getFileStore(folder).supportsFileAttributeView("posix")) {
      return new FileAttribute<?>[0];
    }
    var permissions = PosixFilePermissions.fromString("rw-------");
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
  }
}
