package org.wardlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyFile;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.Prediction;

/** The README's program, started from its jars. */
class EmbeddingTest {
  private static final String PASSWORD = "a password";
  private static final String CLASS = "org.wardlock.examples.Embedding";
  private static final String MODULE_AND_CLASS = "org.wardlock.examples/" + CLASS;
  private static final String JVM_WARNING =
      "WARNING: Using incubator modules: jdk.incubator.vector";
  private static final String VECTOR_OPTION = "--add-modules jdk.incubator.vector";
  private static final Pattern LIBRARY = Pattern.compile("Loaded library (.+), handle .*");
  private static final Pattern NATIVE_FILE =
      Pattern.compile("\\.(so|dll|dylib|jnilib|a|lib)(\\.[0-9.]+)?$");
  private static final long LARGEST = 2_000_000;

  @TempDir private static Path folder;
  private static List<String> arguments;
  private static String expected;

  @BeforeAll
  static void drawModel() throws IOException {
    Path keyFile = folder.resolve("door.p12");
    Path model = Files.createDirectory(folder.resolve("model"));
    Path picture = folder.resolve("picture.png");
    ImageIO.write(DrawnModel.picture(3), "png", picture.toFile());
    try (Key key = DrawnModel.key()) {
      KeyFile.save(key, keyFile, PASSWORD.toCharArray());
      DrawnModel.write(model, key);
      try (KeyedClassifier classifier = KeyedClassifier.load(model, key)) {
        Prediction prediction = classifier.classify(ImageIO.read(picture.toFile()));
        expected = prediction.label() + " " + prediction.probability();
      }
    }
    arguments = List.of(keyFile.toString(), model.toString(), picture.toString());
  }

  @Test
  void fromTheClassPathItSaysHowToGetTheFastKernels() throws Exception {
    JavaProcess.Result result = run(JavaProcess.onClassPath(), CLASS);
    assertEquals(List.of(expected), result.output());
    List<String> hints =
        result.errors().stream().filter(line -> line.contains(VECTOR_OPTION)).toList();
    assertEquals(1, hints.size(), result.errors()::toString);
    // Java's own logger puts time and place on a line before the message.
    assertTrue(result.errors().size() <= 2, result.errors()::toString);
  }

  @Test
  void fromTheModulePathItIsFastAndSaysNothing() throws Exception {
    JavaProcess.Result result = run(JavaProcess.onModulePath(), "--module", MODULE_AND_CLASS);
    assertEquals(List.of(expected), result.output());
    assertEquals(List.of(JVM_WARNING), result.errors());
  }

  @Test
  void whoAsksForItIsToldOfTheKeyThatWasOpened() throws Exception {
    Path log = folder.resolve("audit.log");
    Path settings =
        Files.writeString(
            folder.resolve("logging.properties"),
            """
            handlers = java.util.logging.FileHandler
            java.util.logging.FileHandler.pattern = %s
            java.util.logging.FileHandler.formatter = java.util.logging.SimpleFormatter
            org.wardlock.defense.audit.level = FINE
            """
                .formatted(log));
    var options = new ArrayList<>(JavaProcess.onClassPath());
    options.add("-Djava.util.logging.config.file=" + settings);
    assertEquals(List.of(expected), run(options, CLASS).output());
    String written = Files.readString(log);
    assertTrue(written.contains("door.p12\" outcome=\"opened\""), written);
  }

  @Test
  void theKernelsAreWhatTheseRunsSuggest() throws Exception {
    assertEquals("scalar", kernels(JavaProcess.onClassPath()));
    var options = new ArrayList<>(JavaProcess.onModulePath());
    options.addAll(List.of("--add-modules", "org.wardlock.examples"));
    assertEquals("vector", kernels(options));
  }

  @Test
  void itLoadsNoNativeCodeButTheJdksOwn() throws Exception {
    Path log = folder.resolve("libraries.txt");
    var options = new ArrayList<>(JavaProcess.onModulePath());
    options.add("-Xlog:library=info:file=" + log);
    JavaProcess.Result result = run(options, "--module", MODULE_AND_CLASS);
    assertEquals(0, result.exit(), result.errors()::toString);
    List<String> loaded =
        Files.readAllLines(log).stream()
            .map(LIBRARY::matcher)
            .filter(Matcher::find)
            .map(matcher -> matcher.group(1))
            .toList();
    assertFalse(loaded.isEmpty(), "the JVM did not log what it loads, not even its own");
    Path jdk = Path.of(System.getProperty("java.home"));
    // The JVM names some of its own without a folder.
    assertEquals(
        List.of(),
        loaded.stream()
            .filter(library -> !jdk.resolve("lib").resolve(library).startsWith(jdk))
            .toList());
  }

  @Test
  void itsJarsHoldNoNativeCode() throws IOException {
    for (Path jar : JavaProcess.jars()) {
      try (var file = new JarFile(jar.toFile())) {
        List<String> found =
            file.stream()
                .map(JarEntry::getName)
                .filter(name -> NATIVE_FILE.matcher(name).find())
                .toList();
        assertEquals(List.of(), found, jar::toString);
      }
    }
  }

  @Test
  void ourJarsAreSmall() throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    for (Path jar : JavaProcess.jars()) {
      String name = jar.getFileName().toString();
      if (name.startsWith("wardlock-") && !name.startsWith("wardlock-examples-")) {
        sizes.put(name, Files.size(jar));
      }
    }
    assertEquals(4, sizes.size(), sizes::toString);
    long together = sizes.values().stream().mapToLong(Long::longValue).sum();
    assertTrue(together < LARGEST, sizes::toString);
  }

  private JavaProcess.Result run(List<String> options, String... start) throws Exception {
    var command = new ArrayList<>(List.of(start));
    command.addAll(arguments);
    return JavaProcess.run(folder, Map.of("WARDLOCK_PASSWORD", PASSWORD), options, command);
  }

  /** The kernels that a JVM with these options computes with. */
  private String kernels(List<String> options) throws Exception {
    Path program = folder.resolve("Kernels.java");
    Files.writeString(
        program,
        """
        void main() {
          IO.println(org.wardlock.tensor.CpuStatus.current().kernels());
        }
        """);
    List<String> output =
        JavaProcess.run(folder, Map.of(), options, List.of(program.toString())).output();
    assertEquals(1, output.size(), output::toString);
    return output.getFirst();
  }
}
