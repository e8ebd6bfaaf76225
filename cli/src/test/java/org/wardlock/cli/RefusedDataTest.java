package org.wardlock.cli;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pictures, labels and folders that are not as they must be. */
class RefusedDataTest {
  private static final int CIFAR_RECORD = 1 + 3 * 32 * 32;

  @TempDir private static Path folder;
  private static Path model;

  @BeforeAll
  static void prepare() throws IOException {
    model = Tiny.train(folder.resolve("model"), 1);
    write("answer.json", "{\"kept\": true}\n".getBytes());
    write("predictions.csv", "kept\n".getBytes());
    write("truncated/test_batch.bin", new byte[5 * CIFAR_RECORD - 1]);
    write("oversized/test_batch.bin", new byte[5 * CIFAR_RECORD + 7]);
    write("none/test_batch.bin", new byte[0]);
    byte[] label = new byte[CIFAR_RECORD];
    label[0] = 11;
    write("label/test_batch.bin", label);
    write("cifar100/test.bin", new byte[CIFAR_RECORD]);
    Files.createDirectories(folder.resolve("inside/test_batch.bin"));
    Files.createDirectories(folder.resolve("empty"));
    write("text/val/class/picture.JPEG", "This is no picture.\n".getBytes());
    write("text/train/class/picture.JPEG", "This is no picture.\n".getBytes());
    Files.createDirectories(folder.resolve("bare/val/class"));
    ByteBuffer lying = ByteBuffer.allocate(16 + 28 * 28);
    lying.putInt(0x803).putInt(60_000).putInt(28).putInt(28);
    write("lying/t10k-images-idx3-ubyte", lying.array());
    write("lying/t10k-labels-idx1-ubyte", new byte[9]);
    write("version/val/header.json", "{\"format\": 2}\n".getBytes());
    write("ids/unknown", "3\nnonsense\n".getBytes());
    write("ids/nothing", new byte[0]);
  }

  private static void write(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  /** A format, the place it names, and what the one line must say. */
  static Stream<Arguments> places() {
    String perRecord = "expected a multiple of 3073 bytes";
    return Stream.of(
        arguments("cifar10", "truncated", List.of("test_batch.bin", "15364 bytes", perRecord)),
        arguments("cifar10", "oversized", List.of("test_batch.bin", "15372 bytes", perRecord)),
        arguments("cifar10", "none", List.of("test_batch.bin", "0 bytes", perRecord)),
        arguments("cifar10", "label", List.of("test_batch.bin", "label 11", "0 to 9")),
        arguments("cifar100", "cifar100", List.of("test.bin", "3073 bytes", "multiple of 3074")),
        arguments("cifar10", "inside", List.of("test_batch.bin")),
        arguments("cifar10", "empty", List.of("test_batch.bin", "no such file")),
        arguments("cifar10", "gone", List.of("no such folder", "expected a folder with")),
        arguments("folder", "empty", List.of("no folder 'val'", "expected train/<class>/")),
        arguments("folder", "bare", List.of("bare")),
        arguments("imagenet", "empty", List.of("no folder 'val'", "expected train/<id>/")),
        arguments("imagenet", "gone", List.of("no such folder")),
        arguments("mnist", "empty", List.of("t10k-images-idx3-ubyte", "no such file")),
        arguments("mnist", "lying", List.of("images", "784 bytes", "expected 47040000")),
        arguments("packed", "gone", List.of("no such folder", "wardlock pack")),
        arguments("packed", "empty", List.of("no folder 'val'", "pack --resume")),
        arguments("packed", "bare", List.of("header.json", "no such file")),
        arguments("packed", "version", List.of("header.json", "format 2", "expected 1")),
        arguments("packed", "text", List.of("header.json", "no such file")),
        arguments("picture", "gone", List.of("no such file")),
        arguments("picture", "empty", List.of("is a folder", "expected a picture")),
        arguments("picture", "ids/unknown", List.of("found text", "JPEG or PNG")));
  }

  @ParameterizedTest
  @MethodSource("places")
  void damagedDataIsNamed(String format, String place, List<Object> parts) throws IOException {
    Path path = folder.resolve(place);
    refuse(List.of("--data", format + ":" + path), path, parts);
  }

  @Test
  void aTextNamedJpegIsFoundInMidRun() throws IOException {
    Path picture = folder.resolve("text/val/class/picture.JPEG");
    // by name, as the run's folder knows classes that these pictures are not of
    List<Object> words =
        List.of(
            List.of(Tiny.NETWORK, "--classes", 10, "--weights", model.resolve("model.safetensors")),
            List.of("--data", "folder:" + folder.resolve("text")));
    List<Object> kept = List.of("--predictions", folder.resolve("predictions.csv"));
    Refusal.expect(
        folder,
        List.of("evaluate", words, kept, "--json", folder.resolve("answer.json")),
        picture,
        List.of("found text", "expected a JPEG or PNG picture"));
    List<Object> attack = List.of("--attack", "fgsm", "--eps", "1/255");
    Path out = folder.resolve("records");
    CommandRun.of("attack", words, attack, "--out", out)
        .assertRefused(picture, "found text", "expected a JPEG or PNG picture");
  }

  /** What is given to {@code --data} and its options, and what the one line must say. */
  static Stream<Arguments> names() {
    String data = "--data";
    return Stream.of(
        arguments(List.of(data, "video:x"), List.of("'video'", "unknown", "cifar10:DIR")),
        arguments(List.of(data, "cifar10:"), List.of("'cifar10:'", "expected a folder")),
        arguments(List.of(data, "shapes:8"), List.of("shapes:8", "from 16 to 512")),
        arguments(List.of(data, "shapes:big"), List.of("'shapes:big'", "expected a size")),
        arguments(List.of(data, "shapes", "--split", "all"), List.of("'all'", "train, val or")),
        arguments(List.of(data, "shapes", "--limit", 0), List.of("limit 0", "at least 1")),
        arguments(List.of(data, "shapes", "--limit", "ten"), List.of("'--limit'", "'ten'")));
  }

  @ParameterizedTest
  @MethodSource("names")
  void unknownNamesAreAnsweredWithTheKnownOnes(List<Object> words, List<Object> parts)
      throws IOException {
    refuse(words, "wardlock", parts);
  }

  @Test
  void listsOfIdsMustNamePictures() throws IOException {
    List<Object> shapes = List.of("--data", "shapes:16", "--ids");
    Path unknown = folder.resolve("ids/unknown");
    refuse(List.of(shapes, unknown), unknown, List.of("line 2", "'nonsense'", "expected"));
    Path nothing = folder.resolve("ids/nothing");
    refuse(List.of(shapes, nothing), nothing, List.of("lists no picture", "expected"));
    Path gone = folder.resolve("ids/gone");
    refuse(List.of(shapes, gone), gone, List.of("no such file"));
    refuse(List.of(shapes, nothing, "--limit", 3), "--limit", List.of("--ids", "exclude"));
  }

  private static void refuse(List<Object> data, Object subject, List<Object> parts)
      throws IOException {
    Path answer = folder.resolve("answer.json");
    List<Object> evaluate =
        List.of("evaluate", "--model", model, "--predictions", folder.resolve("predictions.csv"));
    Refusal.expect(folder, List.of(evaluate, "--json", answer, data), subject, parts);
    Path out = folder.resolve("out");
    List<Object> attack = List.of("attack", "--model", model, "--attack", "fgsm", "--eps", "1/255");
    Refusal.expect(folder, List.of(attack, "--out", out, data), subject, parts);
  }
}
