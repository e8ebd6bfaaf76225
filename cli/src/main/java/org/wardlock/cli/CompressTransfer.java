package org.wardlock.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Threat;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * Pictures that an attack made on the network without its defence, kept in a folder: made once, and
 * shown to every defence.
 *
 * @param folder of this attack's pictures
 * @param attack that goes on to the end
 * @param threat within which it changes pictures
 * @param pictures that are attacked, every one
 */
record CompressTransfer(Path folder, Attack attack, Threat threat, DatasetPictures pictures) {
  private static final String FILE = "made.json";
  private static final String TENSOR = "images";
  private static final int FORMAT = 2;

  /** Pictures to a file. */
  private static final int CHUNK = 64;

  /**
   * Makes the pictures that are not there yet.
   *
   * @param base the network without its defence
   * @param identity what tells it from others
   * @param console shows how it goes
   * @throws FormatException if the folder holds pictures made otherwise
   */
  void make(Classifier base, Map<String, String> identity, long seed, CompressConsole console)
      throws IOException {
    settle(identity, seed);
    int there = there();
    Passes one = attack.cost(threat.norm(), base.classes());
    console.starting(pictures.count(), there, one.times(pictures.count() - there));
    for (int start = 0; start < pictures.count(); start += CHUNK) {
      int end = Math.min(start + CHUNK, pictures.count());
      Path file = chunk(start);
      if (!Files.exists(file)) {
        try (Scope _ = Scope.open("pictures without a defence")) {
          Tensor made = made(base, pictures.pictures(start, end), seed);
          Safetensors.write(file, Map.of(TENSOR, made), Map.of());
        }
      }
      console.moveTo(end);
    }
  }

  /** How many of the pictures were made before. */
  private int there() {
    return (int)
        IntStream.range(0, pictures.count())
            .filter(place -> Files.exists(chunk(place / CHUNK * CHUNK)))
            .count();
  }

  private void settle(Map<String, String> identity, long seed) throws IOException {
    var all = new LinkedHashMap<>(identity);
    all.put("attack", attack.toString());
    all.put("threat", threat.toString());
    all.put("seed", Long.toString(seed));
    all.put("data", pictures.dataset().identity().digest());
    Path file = Files.createDirectories(folder).resolve(FILE);
    if (!Files.exists(file)) {
      JsonFile.replace(file, Map.of("format", FORMAT, "identity", all));
    } else if (!JsonFile.read(file, FORMAT).textMap("identity").equals(all)) {
      throw new FormatException(
          file, "pictures that were made otherwise: resume with the same, or begin a new run");
    }
  }

  private Tensor made(Classifier base, Pictures batch, long seed) {
    var task = new Task(batch, threat, seed, Effort.TO_THE_END);
    return attack.search(Oracle.of(base, batch), task).images();
  }

  private Path chunk(int start) {
    return folder.resolve("images-" + start + ".safetensors");
  }

  /** Shows the pictures, once each. */
  Attack shown() {
    return new Shown(attack.name(), this);
  }

  private Tensor images(long... ids) throws IOException {
    var opened = new LinkedHashMap<Integer, Tensor>();
    var rows = new ArrayList<Tensor>();
    for (long id : ids) {
      int place = place(id);
      int start = place / CHUNK * CHUNK;
      if (!opened.containsKey(start)) {
        try (Safetensors file = Safetensors.open(chunk(start))) {
          opened.put(start, file.tensor(TENSOR, pictures.device()));
        }
      }
      rows.add(opened.get(start).slice(0, place - start, place - start + 1));
    }
    return Tensor.concatenate(0, rows.toArray(Tensor[]::new));
  }

  private int place(long id) {
    return IntStream.range(0, pictures.count())
        .filter(place -> pictures.dataset().id(place) == id)
        .findFirst()
        .orElseThrow();
  }

  /** All count as found: whether they are is decided by the fresh look that follows any attack. */
  private record Shown(String name, CompressTransfer made) implements Attack {
    @Override
    public Passes cost(Norm norm, int classes) {
      return Passes.NONE;
    }

    @Override
    public Candidates search(Oracle oracle, Task task) {
      int count = task.pictures().count();
      boolean[] found = new boolean[count];
      Arrays.fill(found, true);
      try {
        return new Candidates(made.images(task.pictures().ids()), found, new double[count]);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String toString() {
      return "Shown[%s within %s, made without the defence, %d pictures]"
          .formatted(made.attack(), made.threat(), made.pictures().count());
    }
  }
}
