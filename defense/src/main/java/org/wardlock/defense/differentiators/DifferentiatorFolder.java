package org.wardlock.defense.differentiators;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.nn.model.Body;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.UnitMask;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsDigest;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Differentiators in a folder: a description, and a small file for each that is trained. They name
 * the student they belong to by its digest and are used with no other. docs/formats.md has the
 * files.
 *
 * @param folder where they are
 * @param student the digest of its weights: {@link #digest}
 * @param kind how they cover the classes
 * @param classes how many the student has
 * @param pruned the fraction of each layer's units
 * @param distinctions what they are to tell apart, trained or not
 */
public record DifferentiatorFolder(
    Path folder,
    String student,
    Kind kind,
    int classes,
    double pruned,
    List<Distinction> distinctions) {
  /** The file that tells such a folder from others. */
  public static final String FILE = "differentiators.json";

  private static final int FORMAT = 1;
  private static final int MOST_CLASSES = 1_000_000;
  private static final String MASK = "mask";
  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";
  private static final String OWN = "own.";
  private static final String STUDENT = "student";
  private static final String ACCURACY = "accuracy";

  /** Keeps a copy of the list. */
  public DifferentiatorFolder {
    distinctions = List.copyOf(distinctions);
  }

  /** Whether a folder holds differentiators. */
  public static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(FILE));
  }

  /** What tells a student from others: the digest of all its weights, however they are stored. */
  public static String digest(ImageClassifier student) {
    try (Scope _ = Scope.open("digest of a student")) {
      return WeightsDigest.of(student.weights(), student.device());
    } catch (WeightsException e) {
      throw new IllegalStateException("a student's own weights cannot be read", e);
    }
  }

  /** Writes the description, durably, into a folder that exists. */
  public void begin() throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put(STUDENT, student);
    json.put("kind", kind.toString());
    json.put("classes", classes);
    json.put("pruned", pruned);
    json.put("differentiators", distinctions.stream().map(Distinction::name).toList());
    JsonFile.replace(folder.resolve(FILE), json);
  }

  /**
   * Looks into a folder.
   *
   * @throws FormatException if it holds no differentiators, or not as this version writes them
   */
  public static DifferentiatorFolder open(Path folder) throws FormatException {
    JsonFile json = JsonFile.read(folder.resolve(FILE), FORMAT);
    var distinctions = new ArrayList<Distinction>();
    try {
      for (String name : json.texts("differentiators")) {
        distinctions.add(Distinction.parse(name));
      }
      return new DifferentiatorFolder(
          folder,
          json.text(STUDENT),
          Kind.parse(json.text("kind")),
          json.integer("classes", 2, MOST_CLASSES),
          json.number("pruned"),
          distinctions);
    } catch (IllegalArgumentException e) {
      throw json.problem(e.getMessage(), e);
    }
  }

  private Path file(Distinction distinction) {
    return folder.resolve(distinction.name() + ".safetensors");
  }

  /** Whether one is trained and stored. */
  public boolean isDone(Distinction distinction) {
    return Files.exists(file(distinction));
  }

  /** What is not trained yet, in order. */
  public List<Distinction> missing() {
    return distinctions.stream().filter(distinction -> !isDone(distinction)).toList();
  }

  /** Stores one, durably: its file appears whole or not at all. */
  public void write(DifferentiatorTrainer.Trained trained) throws IOException {
    Differentiator made = trained.differentiator();
    try (Scope _ = Scope.open("storage of a differentiator")) {
      var tensors = new LinkedHashMap<String, Tensor>();
      byte[] mask = made.mask().toBytes();
      tensors.put(MASK, Tensor.ofBytes(Device.CPU, Shape.of(mask.length), mask));
      tensors.put(WEIGHT, made.head().weight(Device.CPU));
      tensors.put(BIAS, made.head().bias(Device.CPU));
      for (String name : made.own().names()) {
        tensors.put(OWN + name, made.own().tensor(name, Device.CPU));
      }
      Safetensors.write(
          file(made.distinction()),
          tensors,
          Map.of(STUDENT, student, ACCURACY, Double.toString(trained.accuracy())));
    }
  }

  /**
   * How well one did on the pictures it learnt from, both sides weighing the same: 0 to 1.
   *
   * @throws IOException if it is not there, or damaged
   */
  public double accuracy(Distinction distinction) throws IOException {
    try (Safetensors file = Safetensors.open(file(distinction))) {
      String text = file.metadata().getOrDefault(ACCURACY, "none");
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException e) {
        throw new FormatException(
            file(distinction), "accuracy '" + text + "', expected a number", e);
      }
    }
  }

  /** The bytes of the description and of what is trained. */
  public long bytes() throws IOException {
    long bytes = Files.size(folder.resolve(FILE));
    for (Distinction distinction : distinctions) {
      bytes += isDone(distinction) ? Files.size(file(distinction)) : 0;
    }
    return bytes;
  }

  /** What tells trained differentiators from others: over the description and all files. */
  public String digest() throws IOException {
    var files = new ArrayList<>(List.of(folder.resolve(FILE)));
    distinctions.forEach(distinction -> files.add(file(distinction)));
    return Checksums.of(files);
  }

  /**
   * Checks that a student is theirs.
   *
   * @param found its {@link #digest}
   * @throws FormatException if it is not
   */
  public void requireStudent(String found) throws FormatException {
    if (!found.equals(student)) {
      throw new FormatException(
          folder.resolve(FILE),
          "made for the student of digest %s, but this one has %s: give the student they were trained for"
              .formatted(student, found));
    }
  }

  /**
   * The differentiators, ready to be asked.
   *
   * @param owner the student they were made for
   * @throws FormatException if it is another, if some are missing, or a file is damaged
   */
  public DifferentiatorSet load(ImageClassifier owner) throws IOException {
    requireStudent(digest(owner));
    List<Distinction> missing = missing();
    if (!missing.isEmpty()) {
      throw new FormatException(
          folder,
          "%d of %d differentiators are not trained yet, %s first: go on with training by --resume"
              .formatted(missing.size(), distinctions.size(), missing.getFirst().name()));
    }
    var files = new ArrayList<Safetensors>();
    var loaded = new ArrayList<Differentiator>();
    try (Scope _ = Scope.open("differentiators")) {
      for (Distinction distinction : distinctions) {
        Safetensors file = Safetensors.open(file(distinction));
        files.add(file);
        loaded.add(read(distinction, file, owner));
        if (loaded.getLast().own().names().isEmpty()) {
          files.removeLast().close();
        }
      }
      return new DifferentiatorSet(kind, classes, loaded, files);
    } catch (IOException | RuntimeException e) {
      files.forEach(Safetensors::close);
      throw e;
    }
  }

  private Differentiator read(Distinction distinction, Safetensors file, ImageClassifier owner)
      throws IOException {
    Path path = file(distinction);
    String found = file.metadata().getOrDefault(STUDENT, "none");
    if (!found.equals(student)) {
      throw new FormatException(
          path, "made for the student of digest %s, expected %s".formatted(found, student));
    }
    try {
      UnitMask mask =
          UnitMask.ofBytes(owner.architecture(), tensor(path, file, MASK, DType.U8).toBytes());
      var head =
          new Head(
              tensor(path, file, WEIGHT, DType.F32).toFloats(),
              tensor(path, file, BIAS, DType.F32).toFloats());
      Body body = owner.architecture().body();
      int read = owner.weights().shape(body.head() + ".weight").extent(1);
      int width = read * body.headNames().size();
      if (head.width() != width) {
        throw new FormatException(
            path, "head for %d numbers, expected %d".formatted(head.width(), width));
      }
      Weights own = file.below(OWN);
      // looks whether they fit
      owner.masked(mask, own).close();
      return new Differentiator(distinction, mask, head, own);
    } catch (IllegalArgumentException e) {
      throw new FormatException(path, e.getMessage(), e);
    }
  }

  private static Tensor tensor(Path path, Safetensors file, String name, DType type)
      throws IOException {
    if (!file.names().contains(name)) {
      throw new FormatException(path, "has no tensor " + name + "; it is damaged, or another's");
    }
    Tensor tensor = file.tensor(name, Device.CPU);
    if (tensor.dtype() != type) {
      throw new FormatException(
          path, "tensor %s is %s, expected %s".formatted(name, tensor.dtype(), type));
    }
    return tensor;
  }
}
