package org.wardlock.data.packed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** Files that survive a crash: written under another name, forced to the disk, then renamed. */
final class PackFiles {
  private static final boolean WINDOWS =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
  private static final int BUFFER_BYTES = 1 << 20;

  private PackFiles() {}

  /** Fills a file. */
  @FunctionalInterface
  interface Content {
    /**
     * Writes to a channel positioned at the start of an empty file; false if it was given up, which
     * leaves no file of that name.
     */
    boolean writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Makes or replaces a file. What a killed process left under the other name is written over.
   *
   * @return whether all was written
   */
  static boolean write(Path file, Content content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".partial");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      if (!content.writeTo(channel)) {
        return false;
      }
      channel.force(true);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      // what a full disk throws does not say which file it was
      throw failed(file, e);
    }
    rename(temporary, file);
    return true;
  }

  private static FileSystemException failed(Path file, IOException cause) {
    var failure = new FileSystemException(file.toString(), null, cause.getMessage());
    failure.initCause(cause);
    return failure;
  }

  /** Writes all of an array. */
  static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Renames a file or folder beside itself, durably. */
  static void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(
          to + ": the file system cannot rename atomically; choose a folder on another one", e);
    }
    force(to.toAbsolutePath().getParent());
  }

  /** Forces a folder's entries to the disk, so that what was renamed or deleted in it stays so. */
  static void force(Path folder) throws IOException {
    if (WINDOWS) {
      return; // a folder cannot be opened there, and renames are journalled
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", e);
    }
  }

  /** The checksum of a file, in hexadecimal. */
  static String sha256(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
