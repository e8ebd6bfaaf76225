package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.wardlock.attacks.evaluation.RecordFolder;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Adversarial pictures that an attack kept, with their true classes: {@code
 * adversarial.safetensors} and, beside it, the column {@code label} of {@code records.csv}.
 *
 * @param place where they lie
 * @param images (N, channels, height, width), float32 in [0, 1], on the CPU, in the current scope
 * @param labels one each
 */
record DifferentiatorsPictures(Path place, Tensor images, int[] labels) {
  private static final String LABEL = "label";

  /**
   * Where pictures lie: in the place that was asked for, or in each folder there, as mimic leaves
   * one for each of its budgets.
   */
  static List<Path> places(Path asked) throws IOException {
    if (!Files.isDirectory(asked) || Files.exists(asked.resolve(RecordFolder.IMAGES))) {
      return List.of(asked);
    }
    try (Stream<Path> entries = Files.list(asked)) {
      List<Path> inside =
          entries.filter(each -> Files.exists(each.resolve(RecordFolder.IMAGES))).sorted().toList();
      if (inside.isEmpty()) {
        throw new InputException(
            "--pictures %s: has no %s; expected what attack --keep-images or mimic wrote, finished"
                .formatted(asked, RecordFolder.IMAGES));
      }
      return inside;
    }
  }

  /**
   * Reads them.
   *
   * @param place one of {@link #places}
   * @param shape of one picture, as the student takes them
   * @param classes that the student has
   * @throws FormatException if something is missing, or does not fit
   */
  static DifferentiatorsPictures read(Path place, Shape shape, int classes) throws IOException {
    Path file = Files.isDirectory(place) ? place.resolve(RecordFolder.IMAGES) : place;
    Path records = file.resolveSibling(RecordFolder.RECORDS);
    int[] labels = labels(records, classes);
    try (Safetensors kept = Safetensors.open(file)) {
      Shape found =
          kept.names().contains(RecordFolder.TENSOR) ? kept.shape(RecordFolder.TENSOR) : Shape.of();
      if (found.rank() != shape.rank() + 1 || !found.without(0).equals(shape)) {
        throw new FormatException(
            file,
            "%s of shape %s, but the student takes pictures of shape %s"
                .formatted(RecordFolder.TENSOR, found, shape));
      }
      if (found.extent(0) != labels.length) {
        throw new FormatException(
            records, "%d records for %d pictures".formatted(labels.length, found.extent(0)));
      }
      Tensor images = kept.tensor(RecordFolder.TENSOR, Device.CPU);
      if (images.dtype() != DType.F32) {
        throw new FormatException(
            file, "pictures of type %s, expected F32".formatted(images.dtype()));
      }
      return new DifferentiatorsPictures(place, images, labels);
    }
  }

  private static int[] labels(Path records, int classes) throws IOException {
    if (!Files.exists(records)) {
      throw new InputException(
          "--pictures: the pictures' classes are told by %s, which is missing".formatted(records));
    }
    List<String> lines = Files.readAllLines(records);
    int column = lines.isEmpty() ? -1 : Arrays.asList(lines.getFirst().split(",")).indexOf(LABEL);
    if (column < 0) {
      throw new FormatException(records, "has no column '" + LABEL + "' in its first line");
    }
    var labels = new ArrayList<Integer>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      int label = -1;
      if (fields.length > column && fields[column].matches("\\d{1,9}")) {
        label = Integer.parseInt(fields[column]);
      }
      if (label < 0 || label >= classes) {
        throw new FormatException(
            records,
            "line %d is '%s', expected a class from 0 to %d as its %s"
                .formatted(labels.size() + 2, line, classes - 1, LABEL));
      }
      labels.add(label);
    }
    return labels.stream().mapToInt(Integer::intValue).toArray();
  }
}
