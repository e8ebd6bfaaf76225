package org.wardlock.nn.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;

/**
 * Files that survive a crash: written under another name, forced to the disk, then renamed into
 * place. Whoever looks sees the old content or the new one.
 */
public final class DurableFiles {
  private static final boolean WINDOWS =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");

  private DurableFiles() {}

  /** Fills a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything to a channel positioned at the start of an empty file. */
    void writeTo(FileChannel channel) throws IOException;
  }

  /** Replaces a file by new content, or leaves it as it was and throws. */
  public static void replace(Path file, Content content) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path directory = absolute.getParent();
    // not by createTempFile, whose files their owner alone may read
    Path temporary =
        directory.resolve("." + absolute.getFileName() + UUID.randomUUID() + ".partial");
    try {
      write(temporary, content);
      rename(temporary, absolute);
    } finally {
      Files.deleteIfExists(temporary);
    }
    force(directory);
  }

  /** Replaces a file by text in UTF-8. */
  public static void replace(Path file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    replace(file, channel -> writeFully(channel, ByteBuffer.wrap(bytes)));
  }

  /** Writes a file and forces it to the disk, in place: for files nobody looks for yet. */
  public static void write(Path file, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      content.writeTo(channel);
      channel.force(true);
    }
  }

  /** Writes all of a buffer. */
  public static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Renames within a file system, replacing what had the name. */
  public static void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(
          to + ": the file system cannot rename atomically; choose a folder on another one", e);
    }
  }

  /** Forces a directory's entries to the disk, so that a rename in it survives a power cut. */
  public static void force(Path directory) throws IOException {
    if (WINDOWS) {
      return; // a directory cannot be opened there, and renames are journalled
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** What went wrong with a file, in words that fit after its name. */
  public static String reason(IOException e) {
    return switch (e) {
      case WriteException part -> part.reason();
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "access denied";
      case NotDirectoryException _ -> "not a folder";
      case FileAlreadyExistsException _ -> "a file of that name is in the way";
      case FileSystemException fileSystem when fileSystem.getReason() != null ->
          fileSystem.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
