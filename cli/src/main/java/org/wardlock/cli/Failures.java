package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.wardlock.defense.KeyFileException;
import org.wardlock.defense.RevokedKeyException;
import org.wardlock.defense.WrongKeyException;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.train.CheckpointException;
import org.wardlock.nn.train.TrainingException;
import org.wardlock.nn.weights.WeightsException;

/** Turns what went wrong into one line and an exit status: 2 for inputs, 1 for the machine. */
final class Failures {
  static final int MACHINE = 1;
  static final int INPUT = 2;

  private Failures() {}

  static int report(Throwable failure, boolean debug, PrintWriter err) {
    err.println("wardlock: " + describe(failure));
    if (debug) {
      failure.printStackTrace(err);
    }
    err.flush();
    return status(failure);
  }

  private static int status(Throwable failure) {
    return switch (failure) {
      case UncheckedIOException wrapped -> status(wrapped.getCause());
      case FormatException _ -> INPUT;
      case WeightsException _ -> INPUT;
      case KeyFileException _ -> INPUT;
      case WrongKeyException _ -> INPUT;
      case RevokedKeyException _ -> INPUT;
      case CheckpointException _ -> INPUT;
      case AccessDeniedException _ -> INPUT;
      case NoSuchFileException _ -> INPUT;
      case FileAlreadyExistsException _ -> INPUT;
      case NotDirectoryException _ -> INPUT;
      case IOException _ -> MACHINE;
      case TrainingException _ -> MACHINE;
      case IllegalStateException _ -> MACHINE;
      case Error _ -> MACHINE;
      default -> INPUT;
    };
  }

  private static String describe(Throwable failure) {
    return switch (failure) {
      case OutOfMemoryError e ->
          "out of memory ("
              + e.getMessage()
              + "): lower --batch or give the JVM more by WARDLOCK_JAVA_OPTIONS=-Xmx...";
      case UncheckedIOException wrapped -> describe(wrapped.getCause());
      case NoSuchFileException e -> e.getFile() + ": no such file or folder";
      case AccessDeniedException e -> e.getFile() + ": access denied";
      case NotDirectoryException e -> e.getFile() + ": not a folder";
      case FileAlreadyExistsException e -> e.getFile() + ": exists already";
      case FileSystemException e ->
          e.getFile() + ": " + (e.getReason() == null ? "failed" : e.getReason());
      // such as the name of a class that is missing: it says little alone
      case Error e -> e.getClass().getSimpleName() + ": " + oneLine(e);
      default -> oneLine(failure);
    };
  }

  private static String oneLine(Throwable failure) {
    String message = failure.getMessage();
    String text =
        message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    return text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
