package org.wardlock.defense.differentiators;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Differentiators of one student that together cover all its classes. Nothing but their masks,
 * heads and further weights is held: the networks are the student's. Safe for any number of threads
 * until it is closed.
 */
public final class DifferentiatorSet implements AutoCloseable {
  private final Kind kind;
  private final int classes;
  private final Map<Distinction, Differentiator> all;
  private final List<? extends AutoCloseable> files;

  /**
   * A set.
   *
   * @param files that hold weights of theirs, closed with it
   * @throws IllegalArgumentException if there is a class about which none can say anything
   */
  DifferentiatorSet(
      Kind kind,
      int classes,
      List<Differentiator> differentiators,
      List<? extends AutoCloseable> files) {
    this.kind = kind;
    this.classes = classes;
    this.files = List.copyOf(files);
    all = new LinkedHashMap<>();
    differentiators.forEach(each -> all.put(each.distinction(), each));
    for (int label = 0; label < classes; label++) {
      int own = label;
      int[] others = IntStream.range(0, classes).filter(other -> other != own).toArray();
      if (candidates(label, others).isEmpty()) {
        throw new IllegalArgumentException(
            "differentiators: none is about class %d of %d; train those that are missing"
                .formatted(label, classes));
      }
    }
  }

  /** A set that is held in memory. */
  public static DifferentiatorSet of(
      Kind kind, int classes, List<DifferentiatorTrainer.Trained> trained) {
    return new DifferentiatorSet(
        kind,
        classes,
        trained.stream().map(DifferentiatorTrainer.Trained::differentiator).toList(),
        List.of());
  }

  /** How they cover the classes. */
  public Kind kind() {
    return kind;
  }

  /** How many classes the student has. */
  public int classes() {
    return classes;
  }

  /** How many there are. */
  public int size() {
    return all.size();
  }

  /**
   * Who can say something about a picture that the student takes for a class, the most telling
   * first.
   *
   * @param runnersUp the other classes, the student's favourites first
   */
  List<Distinction> candidates(int named, int... runnersUp) {
    return kind.candidates(named, IntStream.of(runnersUp)).filter(all::containsKey).toList();
  }

  /** The one that makes a distinction, which is among the candidates for some class. */
  Differentiator get(Distinction distinction) {
    return all.get(distinction);
  }

  /** Closes the files. */
  @Override
  public void close() {
    for (AutoCloseable file : files) {
      try {
        file.close();
      } catch (Exception e) {
        throw new IllegalStateException("a file that was only read cannot be closed", e);
      }
    }
  }
}
