package org.wardlock.nn.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One at a time for those who read a file, change it and replace it. Readers need no lock: what
 * {@link DurableFiles} replaces is whole at every instant.
 */
public final class FileLocks {
  /**
   * The system's lock is between processes; between threads of one it is an error to wait for it.
   */
  private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

  private FileLocks() {}

  /** What is done while nobody else does such a thing to the same file. */
  @FunctionalInterface
  public interface Change {
    /** Reads the file and replaces it. */
    void make() throws IOException;
  }

  /**
   * Waits until nobody else changes a file, and changes it.
   *
   * <p>What is locked is a file of its own beside it, {@code .NAME.lock}, which stays: the file
   * itself is another after each replacement, and so would be what the next one waits for. Whoever
   * may write into the folder may lock, whoever made that file.
   *
   * @throws IOException if the lock cannot be had, or by the change
   */
  public static void exclusively(Path file, Change change) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path beside = absolute.resolveSibling("." + absolute.getFileName() + ".lock");
    IN_THIS_PROCESS.lock();
    try (FileChannel channel = open(beside);
        FileLock _ = lock(channel, beside)) {
      change.make();
    } finally {
      IN_THIS_PROCESS.unlock();
    }
  }

  private static FileChannel open(Path file) throws WriteException {
    try {
      boolean isNew = Files.notExists(file);
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (isNew) {
        share(file);
      }
      return channel;
    } catch (IOException e) {
      throw new WriteException(file.toString(), e);
    }
  }

  /** Lets those write to the empty file who may write into its folder, as far as the system can. */
  private static void share(Path file) {
    try {
      var allowed = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
      Set<PosixFilePermission> ofFolder = Files.getPosixFilePermissions(file.getParent());
      for (PosixFilePermission one :
          EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE)) {
        if (ofFolder.contains(one)) {
          allowed.add(one);
        }
      }
      Files.setPosixFilePermissions(file, allowed);
    } catch (UnsupportedOperationException | IOException _) {
      // then it is for its owner alone, and others are told that they cannot write it
    }
  }

  private static FileLock lock(FileChannel channel, Path file) throws WriteException {
    try {
      return channel.lock();
    } catch (IOException e) {
      throw new WriteException(file.toString(), "nothing was changed", e);
    }
  }
}
