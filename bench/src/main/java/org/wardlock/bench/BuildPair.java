package org.wardlock.bench;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two builds side by side in one process, each by a class loader of its own, a step of a model in
 * turn: what disturbs the machine disturbs both. {@code bench/pair.sh} starts it.
 */
public final class BuildPair {
  private static final double WARM_UP_SHARE = 0.5;

  private BuildPair() {}

  /**
   * Measures, and prints the times and their ratio.
   *
   * @param arguments class path of the old build, that of the new one, model, mode, seconds
   */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    List<Runnable> steps = new ArrayList<>();
    for (int build = 0; build < 2; build++) {
      steps.add(step(arguments[build], arguments[2], arguments[3]));
    }
    double seconds = Double.parseDouble(arguments[4]);
    measure(steps, WARM_UP_SHARE * seconds);
    List<double[]> pairs = measure(steps, seconds);
    List<Double> ratios = sorted(pairs.stream().map(pair -> pair[1] / pair[0]).toList());
    System.out.printf(
        "%s, %s: %.1f ms, %.1f ms; new over old %.3f, half of %d pairs within %.3f to %.3f%n",
        arguments[2],
        arguments[3],
        1e3 * quantile(sorted(pairs.stream().map(pair -> pair[0]).toList()), 0.5),
        1e3 * quantile(sorted(pairs.stream().map(pair -> pair[1]).toList()), 0.5),
        quantile(ratios, 0.5),
        pairs.size(),
        quantile(ratios, 0.25),
        quantile(ratios, 0.75));
    System.exit(0); // the builds' threads wait for more
  }

  private static Runnable step(String classPath, String model, String mode)
      throws ReflectiveOperationException {
    URL[] entries =
        classPath
            .lines()
            .flatMap(line -> Stream.of(line.split(File.pathSeparator)))
            .map(BuildPair::url)
            .toArray(URL[]::new);
    var loader = new URLClassLoader(entries, ClassLoader.getPlatformClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    return (Runnable)
        loader
            .loadClass("org.wardlock.cli.ModelStep")
            .getMethod("onCpu", String.class, String.class)
            .invoke(null, model, mode);
  }

  private static URL url(String entry) {
    try {
      return new File(entry).toURI().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("class path entry " + entry, e);
    }
  }

  /** Seconds of each build's step, pair by pair; who goes first changes from pair to pair. */
  private static List<double[]> measure(List<Runnable> steps, double seconds) {
    var pairs = new ArrayList<double[]>();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      double[] pair = new double[2];
      for (int i = 0; i < 2; i++) {
        int build = (pairs.size() + i) % 2;
        long start = System.nanoTime();
        steps.get(build).run();
        pair[build] = (System.nanoTime() - start) / 1e9;
      }
      pairs.add(pair);
    } while (System.nanoTime() < end);
    return pairs;
  }

  private static List<Double> sorted(List<Double> values) {
    return values.stream().sorted().toList();
  }

  private static double quantile(List<Double> sorted, double part) {
    return sorted.get((int) (part * (sorted.size() - 1)));
  }
}
