package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The kernels that CUDA alone has, compiled by g++ with emulation.h in place of a GPU. */
@SuppressWarnings("restricted")
final class EmulatedFamilies {
  private static final Path MODEL = Path.of("src", "test", "cuda");
  private static final Path TARGET = Path.of("target", "emulation");
  private static final ConcurrentHashMap<String, SymbolLookup> COMPILED = new ConcurrentHashMap<>();

  private EmulatedFamilies() {}

  /** Families as they are; skips the test where there is no g++. */
  static Map<String, SymbolLookup> of(String... families) {
    var compiled = new HashMap<String, SymbolLookup>();
    for (String family : families) {
      compiled.put(family, compiled(family, CudaSource.of(family), "-O1"));
    }
    return compiled;
  }

  /** A family with a mistake: some text of it, which must be there, replaced by another. */
  static Map<String, SymbolLookup> with(String family, String text, String replacement) {
    String source = CudaSource.of(family);
    assertTrue(source.contains(text), family + " has no '" + text + "' to replace");
    // runs little: what counts is how long it takes to compile
    return Map.of(family, compiled(family, source.replace(text, replacement), "-O0"));
  }

  private static SymbolLookup compiled(String family, String source, String optimisation) {
    return COMPILED.computeIfAbsent(
        source,
        _ -> SymbolLookup.libraryLookup(compile(family, source, optimisation), Arena.global()));
  }

  private static Path compile(String family, String source, String optimisation) {
    try {
      Files.createDirectories(TARGET);
      // its own name for every text: a library that is loaded must not be overwritten
      String name = family + "-" + Manifest.hash(source).substring(0, 16);
      Path file = TARGET.resolve(name + ".cc");
      Path library = TARGET.resolve(name + ".so").toAbsolutePath();
      Files.writeString(file, source);
      Files.deleteIfExists(library);
      Process compiler;
      try {
        compiler =
            new ProcessBuilder(
                    "g++",
                    "-std=c++17",
                    optimisation,
                    "-shared",
                    "-fPIC",
                    // several are loaded at once, and what they define must not meet
                    "-fvisibility=hidden",
                    "-fno-gnu-unique",
                    "-Wall",
                    "-Wextra",
                    "-Werror",
                    "-Wno-unknown-pragmas",
                    "-I",
                    MODEL.toString(),
                    "-o",
                    library.toString(),
                    file.toString())
                .redirectErrorStream(true)
                .start();
      } catch (IOException e) {
        return abort("no g++ to compile kernels for the CPU with: " + e.getMessage());
      }
      String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, compiler.waitFor(), output);
      return library;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
