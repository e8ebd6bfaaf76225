package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.wardlock.data.Dataset;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.tensor.Device;
import picocli.CommandLine.Option;

/** The student that differentiators belong to: a run's folder. */
final class DifferentiatorsStudent {
  @Option(
      names = "--student",
      required = true,
      paramLabel = "DIR",
      description = "The student: the folder of its training.")
  private Path student;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "The teacher's weights, where the student's folder holds an adapter to them alone.")
  private Optional<Path> weights;

  /** The student, frozen; it fits the pictures' classes. */
  ImageClassifier load(Dataset pictures, Device device) throws IOException {
    if (!Files.isDirectory(student)) {
      throw new InputException(
          "--student %s: no such folder; expected one that train wrote".formatted(student));
    }
    boolean isWhole = Files.exists(student.resolve(ModelFolder.WEIGHTS));
    if (isWhole || !Adapter.isIn(student)) {
      if (weights.isPresent()) {
        throw new InputException(
            "--weights %s: the student in %s is whole; leave them out"
                .formatted(weights.get(), student));
      }
      ModelFolder folder = ModelFolder.open(student);
      requireFit(pictures, folder.config());
      return folder.classifier(device);
    }
    Adapter changes = Adapter.open(student);
    requireFit(pictures, changes.config());
    Path teacher =
        weights.orElseThrow(
            () ->
                new InputException(
                    "--student %s: holds an adapter alone; name the weights it was made from by --weights"
                        .formatted(student)));
    return changes.classifier(teacher, device);
  }

  private void requireFit(Dataset pictures, ModelConfig config) {
    if (config.keyId().isPresent()) {
      throw new InputException(
          "--student %s: was trained behind key %s; differentiators look at pictures without a key"
              .formatted(student, config.keyId().get()));
    }
    ClassFit.require(pictures, "--student " + student, config);
  }
}
