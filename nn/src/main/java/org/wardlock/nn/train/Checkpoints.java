package org.wardlock.nn.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.nn.files.WriteException;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Tensor;

/**
 * The saved states of a run: a folder {@code step-N} each, written and forced to the disk whole
 * before the file {@code latest} is renamed into place to name it. Two generations stay. Whatever
 * moment the process dies at, {@code latest} names a whole one.
 */
final class Checkpoints {
  private static final int FORMAT = 1;
  private static final String STATE = "state.json";
  private static final String LATEST = "latest";
  private static final String PREFIX = "step-";

  private final Path folder;

  Checkpoints(Path folder) {
    this.folder = folder;
  }

  /** A state that was found whole. */
  record Saved(Path directory, TrainingState state) {
    /** The tensors of one part. */
    Safetensors open(String part) throws WeightsException {
      return Safetensors.open(directory.resolve(part + ".safetensors"));
    }
  }

  /** Whether any state was saved. */
  boolean exist() {
    return Files.exists(folder.resolve(LATEST));
  }

  /**
   * Saves a state, unless it is the one that was saved last.
   *
   * @param identity what the run is of: going on with anything else is refused
   * @param parts tensors by name, by the name of the part
   * @throws WriteException if it cannot be written; what was saved before stays
   */
  void save(
      TrainingState state, Map<String, String> identity, Map<String, Map<String, Tensor>> parts)
      throws WriteException {
    Path directory = folder.resolve(PREFIX + state.step());
    try {
      Files.createDirectories(folder);
      delete(directory);
      Files.createDirectory(directory);
      for (var part : parts.entrySet()) {
        Path file = directory.resolve(part.getKey() + ".safetensors");
        Safetensors.write(file, part.getValue(), Map.of());
      }
      var json = new LinkedHashMap<String, Object>();
      json.put("format", FORMAT);
      json.put("identity", new TreeMap<>(identity));
      json.put("state", state.toJson());
      JsonFile.replace(directory.resolve(STATE), json);
      Checksums.write(directory);
      DurableFiles.force(folder);
      DurableFiles.replace(folder.resolve(LATEST), directory.getFileName() + "\n");
    } catch (IOException e) {
      throw new WriteException("checkpoint " + directory, "what was saved before stays", e);
    }
    prune(state.step());
  }

  /** Deletes all but a state and the one before it; what cannot be deleted does no harm. */
  private void prune(long step) {
    List<Long> steps = steps();
    long before = steps.stream().filter(other -> other < step).mapToLong(s -> s).max().orElse(step);
    for (long other : steps) {
      if (other != step && other != before) {
        try {
          delete(folder.resolve(PREFIX + other));
        } catch (IOException _) {
          continue;
        }
      }
    }
  }

  private List<Long> steps() {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.matches(PREFIX + "[0-9]{1,18}"))
          .map(name -> Long.parseLong(name.substring(PREFIX.length())))
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException _) {
      return List.of();
    }
  }

  private static void delete(Path directory) throws IOException {
    List<Path> entries;
    try (Stream<Path> walk = Files.walk(directory)) {
      entries = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException _) {
      return;
    }
    for (Path entry : entries) {
      Files.deleteIfExists(entry);
    }
  }

  /**
   * The newest whole state, empty if none was ever saved.
   *
   * @param identity what the run is of
   * @param warn is told of a newer one that is damaged
   * @throws CheckpointException if all are damaged, or the newest is of another run
   */
  Optional<Saved> find(Map<String, String> identity, Consumer<String> warn)
      throws CheckpointException {
    if (!exist()) {
      return Optional.empty();
    }
    var candidates = new ArrayList<Path>();
    newest().ifPresent(candidates::add);
    for (long step : steps()) {
      Path directory = folder.resolve(PREFIX + step);
      if (!candidates.contains(directory)) {
        candidates.add(directory);
      }
    }
    var problems = new ArrayList<String>();
    for (Path candidate : candidates) {
      try {
        Saved saved = read(candidate, identity);
        problems.forEach(problem -> warn.accept(problem + "; going on from " + candidate));
        return Optional.of(saved);
      } catch (FormatException e) {
        problems.add(e.getMessage());
      }
    }
    throw new CheckpointException(
        folder, "no whole state is left: " + (problems.isEmpty() ? "none" : problems.getFirst()));
  }

  /** What {@code latest} names, unless it is damaged. */
  private Optional<Path> newest() {
    try {
      String name = Files.readString(folder.resolve(LATEST)).strip();
      return name.matches(PREFIX + "[0-9]{1,18}")
          ? Optional.of(folder.resolve(name))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private Saved read(Path directory, Map<String, String> identity)
      throws FormatException, CheckpointException {
    Checksums.verify(directory);
    JsonFile json = JsonFile.read(directory.resolve(STATE), FORMAT);
    Optional<String> difference = json.difference("identity", identity);
    if (difference.isPresent()) {
      throw new CheckpointException(directory, difference.get());
    }
    return new Saved(directory, TrainingState.fromJson(json.object("state")));
  }
}
