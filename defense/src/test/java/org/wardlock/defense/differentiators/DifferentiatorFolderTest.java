package org.wardlock.defense.differentiators;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.data.Dataset;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** Differentiators on the disk: small, their student's alone, and refused when damaged. */
class DifferentiatorFolderTest {
  private static final Dataset PICTURES = Students.pictures(20);

  @TempDir private Path folder;

  private DifferentiatorFolder begun(ImageClassifier student, List<Distinction> distinctions)
      throws IOException {
    var begun =
        new DifferentiatorFolder(
            folder,
            DifferentiatorFolder.digest(student),
            Kind.PAIRWISE,
            student.classes(),
            0.5,
            distinctions);
    begun.begin();
    return begun;
  }

  private static Recipe quick(Tuning tuning) {
    return new Recipe(tuning, 1, 0.1, 1, 1e-3, 4);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsReadIsWhatWasWritten(Tuning tuning) throws IOException {
    try (Scope _ = Scope.open("test");
        ImageClassifier student = Students.of("convmixer-8-1-k3-p4", 1)) {
      DifferentiatorTrainer trainer = Students.trainer(student, PICTURES, quick(tuning));
      List<Distinction> pairs = Kind.PAIRWISE.distinctions(trainer.survey(), Optional.of(1));
      DifferentiatorFolder stored = begun(student, pairs);
      assertTrue(DifferentiatorFolder.isIn(folder));
      assertEquals(pairs, stored.missing());
      Tensor images = Students.images(PICTURES);
      for (Distinction pair : pairs) {
        var trained = trainer.train(pair, 0.5);
        stored.write(trained);
        assertTrue(stored.isDone(pair));
        assertEquals(trained.accuracy(), stored.accuracy(pair));
      }
      DifferentiatorFolder opened = DifferentiatorFolder.open(folder);
      assertEquals(stored, opened);
      try (DifferentiatorSet set = opened.load(student)) {
        assertEquals(pairs.size(), set.size());
        for (Distinction pair : pairs) {
          Differentiator expected = trainer.train(pair, 0.5).differentiator();
          assertArrayEquals(
              expected.logits(student, images).toFloats(),
              set.get(pair).logits(student, images).toFloats());
        }
      }
    }
  }

  @Test
  void aHundredTakeLessThanTheModel() throws IOException {
    var architecture = Students.architecture("vit-64-4-h2-p8").withClasses(15);
    try (Scope _ = Scope.open("test");
        ImageClassifier student = Students.of(architecture, 1)) {
      DifferentiatorTrainer.Trained any;
      try (ImageClassifier ten = Students.of("vit-64-4-h2-p8", 1)) {
        any =
            Students.trainer(ten, PICTURES, quick(Tuning.HEAD))
                .train(new Distinction.Pair(0, 1), 0.5);
      }
      DifferentiatorFolder stored =
          begun(
              student,
              IntStream.rangeClosed(1, 100)
                  .<Distinction>mapToObj(other -> new Distinction.Pair(0, other))
                  .toList());
      Differentiator made = any.differentiator();
      for (Distinction distinction : stored.distinctions()) {
        stored.write(
            new DifferentiatorTrainer.Trained(
                new Differentiator(distinction, made.mask(), made.head(), made.own()), 1));
      }
      Path model = folder.resolve("model");
      Map<String, Tensor> weights = new HashMap<>();
      for (String name : student.weights().names()) {
        weights.put(name, student.weights().tensor(name, Students.DEVICE));
      }
      Safetensors.write(model, weights, Map.of());
      assertTrue(
          stored.bytes() < Files.size(model) / 2, stored.bytes() + " of " + Files.size(model));
      long files = 0;
      try (var paths = Files.list(folder)) {
        for (Path path : paths.filter(each -> !each.equals(model)).toList()) {
          files += Files.size(path);
        }
      }
      assertEquals(files, stored.bytes());
    }
  }

  @Test
  void anotherStudentIsRefused() throws IOException {
    try (ImageClassifier student = Students.of("convmixer-8-1-k3-p4", 1);
        ImageClassifier other = Students.of("convmixer-8-1-k3-p4", 2)) {
      DifferentiatorTrainer trainer = Students.trainer(student, PICTURES, quick(Tuning.HEAD));
      DifferentiatorFolder stored = begun(student, List.of(new Distinction.Pair(0, 1)));
      stored.write(trainer.train(new Distinction.Pair(0, 1), 0.5));
      var refusal = assertThrows(FormatException.class, () -> stored.load(other));
      assertTrue(refusal.getMessage().contains("made for the student of digest"));
      Path file = folder.resolve("0-1.safetensors");
      var moved =
          new DifferentiatorFolder(
              folder,
              DifferentiatorFolder.digest(other),
              Kind.PAIRWISE,
              10,
              0.5,
              List.of(new Distinction.Pair(0, 1)));
      moved.begin();
      var inside = assertThrows(FormatException.class, () -> moved.load(other));
      assertTrue(inside.getMessage().contains(file.toString()), inside.getMessage());
    }
  }

  @Test
  void whatIsMissingOrDamagedIsNamed() throws IOException {
    try (ImageClassifier student = Students.of("convmixer-8-1-k3-p4", 1)) {
      DifferentiatorTrainer trainer = Students.trainer(student, PICTURES, quick(Tuning.HEAD));
      Distinction pair = new Distinction.Pair(0, 1);
      DifferentiatorFolder stored = begun(student, List.of(pair, new Distinction.Pair(0, 2)));
      stored.write(trainer.train(pair, 0.5));
      refused(stored, student, "1 of 2 differentiators are not trained yet, 0-2 first");
      DifferentiatorFolder one = begun(student, List.of(pair));
      refused(one, student, "none is about class 2");

      DifferentiatorFolder whole = begun(student, List.of(pair));
      Path file = folder.resolve("0-1.safetensors");
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
      assertThrows(IOException.class, () -> whole.load(student));
      Safetensors.write(file, Map.of(), Map.of("student", stored.student()));
      refused(whole, student, "has no tensor mask");
      Files.writeString(
          folder.resolve(DifferentiatorFolder.FILE), " ", StandardOpenOption.TRUNCATE_EXISTING);
      assertThrows(FormatException.class, () -> DifferentiatorFolder.open(folder));
    }
  }

  private static void refused(DifferentiatorFolder stored, ImageClassifier student, String part) {
    Exception refusal = assertThrows(Exception.class, () -> stored.load(student));
    assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
  }
}
